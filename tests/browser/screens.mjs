// Pictures of every scene, on a phone and on a desk, light and dark: `node screens.mjs DIR [NAME]`.
import { join } from "node:path";
import { World } from "./harness.mjs";
import { scenes } from "./scenes.mjs";

const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 800 } };
const SCHEMES = ["light", "dark"];

const [dir, only] = process.argv.slice(2);
if (!dir) throw new Error("where to? node screens.mjs DIR [NAME]");
const world = await World.make();
try {
  for (const scene of scenes.filter(({ name }) => !only || name.includes(only))) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const colorScheme of SCHEMES) {
        const person = await world.person("A", { viewport, colorScheme, reducedMotion: "reduce" });
        const page = await scene.open(person, world);
        await page.evaluate(() => document.fonts.ready);
        const path = join(dir, `${scene.name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, animations: "disabled", fullPage: scene.fullPage ?? false });
        console.log(path);
        await person.close();
      }
    }
  }
} finally {
  await world.close();
}

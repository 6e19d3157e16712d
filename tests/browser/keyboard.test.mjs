// From locked to put in, with nothing but keys.
import assert from "node:assert/strict";
import { scenario } from "./harness.mjs";
import { heading, lock, newcomer, together } from "./people.mjs";

const MOST_TABS = 80;

/** What has the focus: its role or tag, its name, and whether one can see that it has it. */
async function focused(page) {
  return await page.evaluate(() => {
    const element = document.activeElement;
    const labelledBy = element.getAttribute("aria-labelledby");
    const name = [
      element.getAttribute("aria-label"),
      labelledBy && document.getElementById(labelledBy)?.textContent,
      element.labels?.[0]?.textContent,
      element.textContent,
    ].find((name) => name?.trim());
    // A tick may show the ring on what stands for it: its label, or what is drawn beside it.
    const rings = [element, element.nextElementSibling, element.closest("label")].filter(Boolean);
    const look = () =>
      rings.map((ring) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(ring);
        return outlineStyle === "none" ? boxShadow : `${outlineStyle} ${outlineWidth} ${outlineColor} ${boxShadow}`;
      }).join();
    const withFocus = look();
    element.blur();
    const without = look();
    element.focus({ preventScroll: true });
    const visible = withFocus !== without && look() === withFocus;
    const group = element.closest("fieldset")?.querySelector("legend")?.textContent ?? "";
    return { role: element.getAttribute("role") ?? element.type ?? element.localName, name: name?.trim() ?? "", group, visible };
  });
}

/** Tab by tab to what is looked for. Each stop on the way must be seen. */
async function tabTo(page, what, found) {
  const passed = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    const here = await focused(page);
    if (found(here)) return here;
    passed.push(`${here.role} ${here.name}`);
    await page.keyboard.press("Tab");
    const next = await focused(page);
    assert.ok(next.visible, `the focus is seen on ${next.role} "${next.name}"`);
  }
  throw new Error(`${what} is not reached by Tab; passed: ${passed.join(" | ")}`);
}

const named = (name, group) => (here) => here.name.startsWith(name) && (!group || here.group.startsWith(group));

scenario("a check-in can be done by keyboard alone, and one sees where one is", async (world) => {
  const a = await newcomer(world, "Ada");
  const b = await newcomer(world, "Sam");
  await together(a, b);
  const { page } = a;
  await lock(page);
  const { keyboard } = page;

  // Unlock: the field has the focus already.
  await page.waitForFunction(() => document.activeElement?.type === "password");
  await keyboard.type(a.person.passphrase);
  await keyboard.press("Enter");
  await heading(page, "More").waitFor();

  // To the Us, by the links.
  await tabTo(page, "Us", (here) => here.name === "Us");
  await keyboard.press("Enter");
  await heading(page, "Damson Orchard").waitFor();
  await tabTo(page, "Check in", named("Check in"));
  await keyboard.press("Enter");
  await heading(page, "Check in").waitFor();

  // Two scales: one set with arrows, one set and left out again.
  await tabTo(page, "the mood", (here) => here.role === "slider" && here.name.startsWith("My mood"));
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowDown");
  const mood = page.getByRole("slider", { name: "My mood today" });
  assert.equal(await mood.getAttribute("aria-valuetext"), "5 of 10");
  await keyboard.press("End");
  assert.equal(await mood.getAttribute("aria-valuenow"), "10");
  await tabTo(page, "the pressure", (here) => here.role === "slider" && here.name.startsWith("Pressure"));
  await keyboard.press("Home");
  await keyboard.press("Delete");
  assert.equal(
    await page.getByRole("slider", { name: "Pressure on me" }).getAttribute("aria-valuetext"),
    "Left out",
  );

  // A question, with Space; and which of the two, with an arrow.
  await tabTo(page, "the tension", (here) => here.role === "radio" && here.group.startsWith("There was tension"));
  await keyboard.press("Space");
  assert.ok(await page.getByRole("group", { name: "There was tension" }).getByLabel("Yes").isChecked());
  await keyboard.press("ArrowRight");
  assert.ok(await page.getByRole("group", { name: "There was tension" }).getByLabel("No", { exact: true }).isChecked());

  // Words, and that they stay in Me.
  await tabTo(page, "the need", named("Something I need"));
  await keyboard.type("A quiet hour.");
  await tabTo(page, "the note", named("A note"));
  await keyboard.type("Not for the Us.");
  await tabTo(page, "where it goes", (here) => here.role === "radio" && here.group === "Who sees this answer");
  await keyboard.press("ArrowRight");
  await tabTo(page, "Look it over", named("Look it over"));
  await keyboard.press("Enter");

  // Looked over, and put in.
  await heading(page, "Before it goes").waitFor();
  const [mine, ours] = [page.locator(".sheet-me"), page.locator(".sheet-us")];
  assert.match(await mine.innerText(), /Not for the Us\./);
  assert.match(await ours.innerText(), /A quiet hour\./);
  assert.doesNotMatch(await ours.innerText(), /Not for the Us\./);
  await tabTo(page, "Put it in", named("Put it in"));
  await keyboard.press("Space");
  await page.getByText("Yours is in. You will both see this when both are in.").waitFor();
});

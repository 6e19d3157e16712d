// What every page must keep to, whatever is on it: what axe-core finds, and the plain things that it does not look at.

/** How the pages are looked at. */
export const LOOKS = [320, 1280].flatMap((width) =>
  ["light", "dark"].map((colorScheme) => ({
    name: `${colorScheme} at ${width} px`,
    viewport: { width, height: width === 320 ? 640 : 800 },
    colorScheme,
  })),
);

/** What is wrong with the plain things, in a line each. */
async function basics(page) {
  return await page.evaluate(() => {
    const LEAST_PX = 44;
    const LEAST_LINE_PX = 24;
    const wrong = [];
    const root = document.documentElement;
    if (!document.title.trim()) wrong.push("the page has no title");
    if (!/^[a-z]{2}/.test(root.lang)) wrong.push("the page has no language");
    const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
    if (!viewport.includes("width=device-width")) wrong.push("the viewport is not the device's");
    if (/user-scalable\s*=\s*no|maximum-scale/.test(viewport)) wrong.push("the page cannot be enlarged");
    if (root.scrollWidth > innerWidth) wrong.push(`it is ${root.scrollWidth} px wide, and ${innerWidth} fit`);
    const main = document.querySelector("main");
    if (main && main.scrollWidth > main.clientWidth) {
      wrong.push(`what is on it is ${main.scrollWidth} px wide, and ${main.clientWidth} fit`);
    }
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) wrong.push(`it has ${headings} headings of the first level`);
    const seen = (element) => element.checkVisibility({ visibilityProperty: true });
    for (const field of document.querySelectorAll("input, textarea, select")) {
      if (seen(field) && !field.labels?.length) wrong.push(`a field has no label: ${field.outerHTML.slice(0, 90)}`);
    }
    // Something small can take touches from around it.
    const reaches = (target, x, y) => {
      target.scrollIntoView({ block: "center", inline: "center" });
      const { left, top, width, height } = target.getBoundingClientRect();
      return [-1, 1].every((side) => {
        const away = side * (LEAST_PX / 2 - 1);
        const hit = document.elementFromPoint(left + width / 2 + x * away, top + height / 2 + y * away);
        return target.contains(hit);
      });
    };
    const touched = "button, a[href], input, textarea, select, summary, [role=slider], [role=button]";
    for (const element of document.querySelectorAll(touched)) {
      // A tick and its label are one thing to touch; what is there for the keyboard alone is not touched.
      const target = element.matches("input") ? (element.closest("label") ?? element) : element;
      if (!seen(target) || target.closest(".skip")) continue;
      const { width, height } = target.getBoundingClientRect();
      if (width <= 1 || height <= 1) continue;
      const style = getComputedStyle(target);
      const inSentence = target.localName === "a" && style.display === "inline";
      const enough = inSentence
        ? parseFloat(style.lineHeight) >= LEAST_LINE_PX
        : (Math.round(width) >= LEAST_PX || reaches(target, 1, 0)) && (Math.round(height) >= LEAST_PX || reaches(target, 0, 1));
      if (!enough) {
        const size = inSentence ? `in lines of ${style.lineHeight}` : `${Math.round(width)} × ${Math.round(height)} px`;
        wrong.push(`too small to touch (${size}): ${target.outerHTML.slice(0, 90)}`);
      }
    }
    return wrong;
  });
}

/** Nothing moves any more, and nothing is on its way from one colour to another. */
async function settled(page) {
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
  });
}

/** Everything that is wrong with a page as it stands, in each of the looks: `{ look: [lines] }`. */
export async function lookedAt(person, page, what) {
  const found = {};
  const before = page.viewportSize();
  for (const { name, viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await settled(page);
    const wrong = [...(await person.axe(page)), ...(await basics(page))];
    found[name] = wrong.map((line) => `${what}: ${line}`);
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}

// The pages that `cargo xtask screens` takes pictures of. Each is opened by a fresh person and says when it is there to
// be seen; `open` gets that person and the world, and returns the page.

export const scenes = [
  {
    name: "landing",
    async open(person) {
      const page = await person.open();
      await page.locator("h1").first().waitFor();
      return page;
    },
  },
];

// Looks at pages in Chromium: node page.cjs FOLDER PICTURES NAME URL [NAME URL]... Prints what is wrong with each, and how much was judged.
const fs = require("fs");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [folder, pictures, ...named] = process.argv.slice(2);
const pages = {};
for (let i = 0; i < named.length; i += 2) pages[named[i]] = { url: named[i + 1], problems: [], judged: 0 };

// One for all pages and widths: a new one each would cost more than what it shows.
async function look(browser, colorScheme, javaScriptEnabled) {
  const context = await browser.newContext({ colorScheme, javaScriptEnabled, reducedMotion: "reduce", serviceWorkers: "block" });
  const page = await context.newPage();
  // It asks again when it is told to, not while the next one is looked at.
  await page.addInitScript(() => { window.setInterval = () => 0; });
  let tell, allowed;
  page.on("console", (said) => tell(`console: ${said.text()}`));
  page.on("pageerror", (error) => tell(`${error}`));
  page.on("requestfailed", (request) => tell(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(allowed) && !request.url().startsWith("data:image/svg+xml")) tell(`asks ${request.url()}`);
  });
  for (const [name, of] of Object.entries(pages)) {
    for (const width of [1280, 390]) {
      const where = `${width} ${colorScheme}${javaScriptEnabled ? "" : " without JavaScript"}`;
      tell = (problem) => of.problems.push(`${where}: ${problem}`);
      allowed = of.url;
      await page.setViewportSize({ width, height: 900 });
      const answer = await page.goto(of.url, { waitUntil: "load" });
      if (answer.status() !== 200) tell(`${answer.status()}`);
      if (!(await page.locator("h1").innerText()).trim()) tell("no headline");
      if (pictures) await take(page, `${pictures}/${name}`, where);
      if (!javaScriptEnabled) {
        if (await page.locator("#filter").count()) tell("a filter that cannot work");
        continue;
      }

      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) tell(`${overflow} px too wide`);
      of.judged++;
      // What a page does is the same in the dark.
      if (colorScheme === "light") {
        await refreshes(page, tell);
        of.judged++;
      }

      await rules(page, colorScheme, tell);
      of.judged++;
    }
  }
  await context.close();
}

async function rules(page, colorScheme, tell) {
  // What stands in a thousand rows is judged in fifty, which have every kind: of more than that only the first are judged.
  await page.evaluate(() => {
    const kinds = ["#ok tbody tr", ".card"].map((kind) => [...document.querySelectorAll(kind)]);
    if (kinds.flat().length > 60) for (const rows of kinds) rows.slice(10).forEach((row) => row.remove());
    for (const one of document.querySelectorAll("details")) one.open = true;
  });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) tell("too wide when all is open");
  // By playwright, past the page's own rules for scripts.
  await page.evaluate(axe);
  // In the dark only the colours differ.
  const only = colorScheme === "dark" ? { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } } : {};
  const said = await page.evaluate((only) => window.axe.run(document, { resultTypes: ["violations"], ...only }), only);
  for (const rule of said.violations) tell(`${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
  if (said.passes.length < (colorScheme === "dark" ? 1 : 10)) tell("axe judged little");
}

// What the reader has opened and asked for stays when the page is exchanged for a newer one.
async function refreshes(page, tell) {
  const card = page.locator("details").first();
  if (await card.count()) await card.locator("summary").first().click();
  const before = (await card.count()) && (await card.evaluate((one) => one.open));
  const find = page.locator("#find");
  if (await find.count()) await find.fill("no database is called so");
  await page.evaluate(() => { document.getElementById("top").dataset.old = "1"; document.dispatchEvent(new Event("visibilitychange")); });
  await page.waitForFunction(() => !document.getElementById("top").dataset.old, null, { timeout: 10000 });
  if ((await card.count()) && (await card.evaluate((one) => one.open)) !== before) tell("a refresh opens or closes what the reader did not");
  if ((await find.count()) && (await page.locator("[data-find]:visible").count()) !== 0) tell("a refresh forgets the filter");
  if ((await find.count()) && !(await find.evaluate((one) => one === document.activeElement))) tell("a refresh takes the focus away");
  if (await find.count()) await find.fill("");
}

async function take(page, folder, where) {
  const file = `${folder}/${where.replaceAll(" ", "-")}`;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${file}.png` });
  for (const id of ["attention", "ok", "daemon"]) {
    if (!(await page.locator("#" + id).count())) continue;
    await page.locator("#" + id).evaluate((one) => one.scrollIntoView());
    await page.screenshot({ path: `${file}-${id}.png` });
  }
}

(async () => {
  process.env.TMPDIR = folder; // Where the browser keeps its profile.
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    env: { ...process.env, HOME: folder },
  });
  await look(browser, "light", true);
  await look(browser, "dark", true);
  await look(browser, "light", false);
  await browser.close();
  console.log(JSON.stringify(pages));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

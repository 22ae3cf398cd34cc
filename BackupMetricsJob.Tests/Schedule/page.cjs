// Looks at the page in Chromium: node page.cjs URL FOLDER [PICTURES]. Prints what is wrong with it, and how much was judged.
const fs = require("fs");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [url, folder, pictures] = process.argv.slice(2);
const problems = [];
let judged = 0;

async function look(browser, width, colorScheme, javaScriptEnabled) {
  const where = `${width} ${colorScheme}${javaScriptEnabled ? "" : " without JavaScript"}`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled, reducedMotion: "reduce", serviceWorkers: "block" });
  const page = await context.newPage();
  page.on("console", (said) => problems.push(`${where}: console: ${said.text()}`));
  page.on("pageerror", (error) => problems.push(`${where}: ${error}`));
  page.on("requestfailed", (request) => problems.push(`${where}: failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:image/svg+xml")) problems.push(`${where}: asks ${request.url()}`);
  });
  const answer = await page.goto(url, { waitUntil: "load" });
  if (answer.status() !== 200) problems.push(`${where}: ${answer.status()}`);
  if (!(await page.locator("h1").innerText()).trim()) problems.push(`${where}: no headline`);
  if (pictures) {
    fs.mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: `${pictures}/${where.replaceAll(" ", "-")}.png` });
    for (const id of ["attention", "ok", "daemon"]) {
      if (!(await page.locator("#" + id).count())) continue;
      await page.locator("#" + id).evaluate((one) => one.scrollIntoView());
      await page.screenshot({ path: `${pictures}/${where.replaceAll(" ", "-")}-${id}.png` });
    }
  }
  if (!javaScriptEnabled) {
    if (await page.locator("#filter").count()) problems.push(`${where}: a filter that cannot work`);
    return context.close();
  }

  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (overflow > 0) problems.push(`${where}: ${overflow} px too wide`);
  judged++;
  await page.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
  if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)) problems.push(`${where}: too wide when all is open`);
  // What stands in a thousand rows is judged in the first of them.
  await page.evaluate(() => { [...document.querySelectorAll("#ok tbody tr, .card")].slice(80).forEach((row) => row.remove()); });
  // By playwright, past the page's own rules for scripts.
  await page.evaluate(axe);
  const rules = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const rule of rules.violations) problems.push(`${where}: ${rule.id}: ${rule.help}: ${rule.nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " " + (node.any[0]?.message ?? "")).join(" | ")}`);
  if (rules.passes.length < 10) problems.push(`${where}: axe judged little`);
  judged++;
  await refreshes(page, where);
  judged++;
  await context.close();
}

// What the reader has opened and asked for stays when the page is exchanged for a newer one.
async function refreshes(page, where) {
  await page.goto(url, { waitUntil: "load" });
  const card = page.locator("details").first();
  if (await card.count()) await card.locator("summary").first().click();
  const before = (await card.count()) && (await card.evaluate((one) => one.open));
  const find = page.locator("#find");
  if (await find.count()) await find.fill("no database is called so");
  await page.evaluate(() => { document.getElementById("top").dataset.old = "1"; document.dispatchEvent(new Event("visibilitychange")); });
  await page.waitForFunction(() => !document.getElementById("top").dataset.old, null, { timeout: 10000 });
  if ((await card.count()) && (await card.evaluate((one) => one.open)) !== before) problems.push(`${where}: a refresh opens or closes what the reader did not`);
  if ((await find.count()) && (await page.locator("[data-find]:visible").count()) !== 0) problems.push(`${where}: a refresh forgets the filter`);
  if ((await find.count()) && !(await find.evaluate((one) => one === document.activeElement))) problems.push(`${where}: a refresh takes the focus away`);
}

(async () => {
  process.env.TMPDIR = folder; // Where the browser keeps its profile.
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    env: { ...process.env, HOME: folder },
  });
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"]) await look(browser, width, scheme, true);
    await look(browser, width, "light", false);
  }
  await browser.close();
  console.log(JSON.stringify({ problems, judged }));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

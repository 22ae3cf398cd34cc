// node console-look.cjs CHROMIUM URL FOLDER: opens the page at two widths in light and dark, leaves a picture of each in FOLDER, and prints what is wrong.
const {chromium} = require('playwright-core');
const axe = require('axe-core');

(async () => {
  const [executablePath, url, folder] = process.argv.slice(2);
  const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
  for (const width of [390, 1280]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({viewport: {width, height: 900}, colorScheme});
      const page = await context.newPage();
      page.on('request', request => request.url().startsWith('data:') || request.url() === url || request.url().includes('/api/v1/query?query=count%20by%20(reason)') || console.log(`${width} ${colorScheme}: asks for ${request.url()}`));
      page.on('console', message => message.type() === 'error' && console.log(`${width} ${colorScheme}: ${message.text()}`));
      await page.goto(url);
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      if (content > width) console.log(`${width} ${colorScheme}: the page is ${content} wide`);
      await page.evaluate(axe.source);
      // In the dark only the colours differ.
      const only = colorScheme === 'dark' ? {runOnly: {type: 'rule', values: ['color-contrast', 'link-in-text-block']}} : {};
      for (const found of (await page.evaluate(only => axe.run(only), only)).violations)
        console.log(`${width} ${colorScheme}: ${found.id}: ${found.nodes.map(node => node.target.join(' ')).slice(0, 3).join(', ')}`);
      await page.screenshot({path: `${folder}/${width}-${colorScheme}.png`, fullPage: true});
      await context.close();
    }
  }
  await browser.close();
})().catch(failure => { console.log(failure.message); process.exit(1); });

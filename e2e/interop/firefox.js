// Drives Firefox by puppeteer-core over WebDriver BiDi for e2e/webdriver, whose commands it reads line by line. Its argument
// is the path of Firefox; the profile is new, and ends with the input.
import { createInterface } from 'node:readline';
import puppeteer from 'puppeteer-core';

const browser = await puppeteer.launch({ browser: 'firefox', executablePath: process.argv[2], headless: true });
const pages = await browser.pages();

const KEYS = { '\uE003': 'Backspace', '\uE004': 'Tab', '\uE007': 'Enter' };

const commands = {
  open: (page, { url }) => page.goto(url),
  reload: (page) => page.reload(),
  evaluate: (page, { expression }) => page.evaluate(expression),
  click: (page, { x, y }) => page.mouse.click(x, y),
  front: (page) => page.bringToFront(),
  async type(page, { text }) {
    for (const key of text) await page.keyboard.press(KEYS[key] ?? key);
  },
  another: async () => pages.push(await browser.newPage()) - 1,
  async opened() {
    const opened = (await browser.pages()).find((page) => !pages.includes(page));
    return opened ? pages.push(opened) - 1 : null;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    const value = await commands[command.do](pages[command.window], command);
    answer = { value: ['evaluate', 'another', 'opened'].includes(command.do) ? value : null };
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
await browser.close();

// What a browser makes of the status pages of an agent, as JSON on stdout: what axe-core finds on each page
// in light and dark, what the console says, and how the pages behave when they are kept open, and without
// scripts. Leaves pictures of each page as phones and screens show it. Each step is told on stderr, so that
// a failure has a place.
//
//   node browse.mjs http://HOST:PORT PID DIRECTORY AXE.js      (the agent is ended on the way)
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Chromium } from "./chromium.mjs";

const [agent, pid, directory, axe] = process.argv.slice(2);
const PAGES = ["/", "/diagnosis", "/certificates", "/endpoints", "/upstreams", "/methods", "/targets", "/probes", "/config"];
const PHONE = { width: 390, height: 844, scale: 2 }, SCREEN = { width: 1280, height: 800 };
const MAGNIFIED = { width: 320, height: 256 }; // what is left of a screen of 1280 by 1024 at 400 % (WCAG 1.4.10)

const browser = new Chromium(join(directory, "profile"));
const report = { violations: {}, complaints: {}, wide: {}, plain: {} };

// What is wrong with it, in a line each.
async function judged(tab) {
  await tab.evaluate(readFileSync(axe, "utf8") + "; 0");
  const found = await tab.evaluate("axe.run().then(({violations}) => violations.map((one) => " +
    "one.id + ': ' + one.help + ': ' + one.nodes.map((node) => node.html).slice(0, 3).join(' ')))");
  return found;
}

// By how many pixels the page is wider than what shows it. Not by innerWidth: on a phone it grows with the page.
function excess(tab, { width }) {
  return tab.evaluate(`Math.max(0, document.documentElement.scrollWidth - ${width})`);
}

async function look(path, name, view, scheme) {
  const key = `${path} ${name} ${scheme}`;
  console.error(key);
  const tab = await browser.tab();
  await tab.look({ ...view, scheme });
  await tab.open(agent + path);
  report.violations[key] = await judged(tab);
  report.complaints[key] = [...tab.complaints];
  report.wide[key] = await excess(tab, view);
  const file = `${path.slice(1) || "overview"}-${name}-${scheme}.png`;
  writeFileSync(join(directory, file), await tab.picture());
  await tab.close();
}

// Only whether it has to be scrolled sideways.
async function magnified() {
  const tab = await browser.tab();
  await tab.look({ ...MAGNIFIED, scheme: "light" });
  for (const path of PAGES) {
    await tab.open(agent + path);
    report.wide[`${path} magnified`] = await excess(tab, MAGNIFIED);
  }
  await tab.close();
}

async function without_scripts() {
  const tab = await browser.tab();
  await tab.send("Emulation.setScriptExecutionDisabled", { value: true });
  for (const path of PAGES) {
    await tab.open(agent + path);
    const { root } = await tab.send("DOM.getDocument", { depth: 0 });
    report.plain[path] = (await tab.send("DOM.getOuterHTML", { nodeId: root.nodeId })).outerHTML;
  }
  await tab.close();
}

// By keys alone: the first of them leads past the navigation, and what has the focus is seen.
async function by_keys() {
  const tab = await browser.tab();
  await tab.look({ ...SCREEN, scheme: "light" });
  await tab.open(agent + "/targets");
  const press = async (key, code) => {
    const what = { key, code: key, windowsVirtualKeyCode: code, text: key === "Enter" ? "\r" : undefined };
    await tab.send("Input.dispatchKeyEvent", { type: "keyDown", ...what });
    await tab.send("Input.dispatchKeyEvent", { type: "keyUp", ...what });
  };
  const focused = "document.activeElement.textContent || document.activeElement.name";
  const seen = "(({left, top}, {outlineStyle}) => left >= 0 && top >= 0 && outlineStyle !== 'none')(" +
    "document.activeElement.getBoundingClientRect(), getComputedStyle(document.activeElement))";
  await press("Tab", 9);
  report.keys = [[await tab.evaluate(focused), await tab.evaluate(seen)]];
  await press("Enter", 13);
  await press("Tab", 9);
  report.keys.push([await tab.evaluate(focused), await tab.evaluate(seen)]);
  await tab.send("Input.insertText", { text: "shop" });
  for (let i = 0; i < 2; ++i) await press("Tab", 9);
  report.keys.push([await tab.evaluate(focused), await tab.evaluate(seen)]);
  // What was typed is not sent yet: no refresh may take it away.
  await tab.until("document.getElementById('live').textContent.startsWith('Not updated')", 15);
  report.typed = await tab.evaluate("document.querySelector('input').value");
  await tab.close();
}

// A page that is kept open: it is refreshed, the focus stays, a selection is left alone, and it says when
// the agent is gone.
async function kept_open() {
  const tab = await browser.tab();
  await tab.look({ ...SCREEN, scheme: "light" });
  await tab.open(agent + "/targets?namespace=");
  const live = "document.getElementById('live').textContent";
  await tab.evaluate("document.querySelector('main').firstChild.mark = 1; " +
    "document.querySelector('.filter button').focus(); scrollTo(0, 40)");
  const place = await tab.evaluate("scrollY");
  await tab.until("!document.querySelector('main').firstChild.mark", 15);
  report.refreshed = await tab.evaluate(live);
  report.focus = await tab.evaluate("document.activeElement.textContent");
  report.moved = await tab.evaluate(`scrollY - ${place}`);
  await tab.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))");
  await tab.until(`${live}.startsWith('Not updated')`, 15);
  report.selected = await tab.evaluate(live);
  await tab.evaluate("getSelection().removeAllRanges()");
  process.kill(Number(pid), "SIGKILL");
  await tab.until(`${live}.includes('not answered')`, 20);
  report.gone = await tab.evaluate(live);
}

try {
  for (const path of PAGES) {
    for (const scheme of ["light", "dark"]) {
      await look(path, "phone", PHONE, scheme);
      await look(path, "screen", SCREEN, scheme);
    }
  }
  console.error("magnified");
  await magnified();
  console.error("without scripts");
  await without_scripts();
  console.error("by keys");
  await by_keys();
  console.error("kept open");
  await kept_open();
  console.log(JSON.stringify(report));
} finally {
  await browser.close();
}

// A headless Chromium, spoken to by its own protocol over a pipe: no library between, no port open.
import { spawn } from "node:child_process";

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
  "--disable-background-networking", "--remote-debugging-pipe"];

export class Chromium {
  #waiting = new Map();
  #heard = [];
  #last = 0;
  #rest = "";

  constructor(profile) {
    this.child = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    this.child.stdio[4].setEncoding("utf8").on("data", (text) => this.#arrived(text));
    this.child.on("exit", () => this.#fail(new Error("chromium ended")));
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #arrived(text) {
    const messages = (this.#rest + text).split("\0");
    this.#rest = messages.pop();
    for (const message of messages.map(JSON.parse)) {
      const asked = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (asked && message.error) asked.reject(new Error(message.error.message));
      else if (asked) asked.resolve(message.result);
      else for (const hear of this.#heard) hear(message);
    }
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#last;
    this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  // A tab of its own, in which nothing is kept of other tabs.
  async tab() {
    const { browserContextId } = await this.send("Target.createBrowserContext");
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank", browserContextId });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, sessionId);
    this.#heard.push((message) => message.sessionId === sessionId && tab.heard(message));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await tab.send(`${domain}.enable`);
    return tab;
  }

  async close() {
    await this.send("Browser.close").catch(() => {});
  }
}

class Tab {
  complaints = []; // what the browser wrote to its console: errors, refusals by the policy
  #loaded = () => {};

  constructor(browser, session) {
    this.send = (method, params) => browser.send(method, params, session);
  }

  heard({ method, params }) {
    if (method === "Page.loadEventFired") this.#loaded();
    if (method === "Log.entryAdded" && params.entry.level !== "verbose") this.complaints.push(params.entry.text);
    if (method === "Runtime.exceptionThrown") this.complaints.push(params.exceptionDetails.text);
    if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params.args));
  }

  async open(url) {
    const loaded = new Promise((resolve) => { this.#loaded = resolve; });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  async close() {
    await this.send("Page.close");
  }

  // As wide as a phone or a screen, in light or dark.
  async look({ width, height, scheme, scale = 1 }) {
    await this.send("Emulation.setDeviceMetricsOverride",
      { width, height, deviceScaleFactor: scale, mobile: width < 600 });
    await this.send("Emulation.setEmulatedMedia",
      { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // Until it is so.
  async until(expression, seconds) {
    const end = Date.now() + seconds * 1000;
    while (!(await this.evaluate(expression))) {
      if (Date.now() > end) throw new Error(`not so within ${seconds} s: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  // The bytes of a PNG of the whole page.
  async picture() {
    const { data } = await this.send("Page.captureScreenshot",
      { format: "png", captureBeyondViewport: true });
    return Buffer.from(data, "base64");
  }
}

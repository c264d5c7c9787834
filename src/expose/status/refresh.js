// Keeps a status page true while somebody looks at it: every few seconds what is in <main> is
// replaced by what the agent says now. Focus and place stay where they are. It rests while the page
// is hidden, and while something on it is selected, opened or being typed; and it says when the
// agent is gone. Without this script the page is complete, and as old as it says.
"use strict";
(() => {
  const every = 5000, patience = 8000;
  const live = document.getElementById("live");
  const main = document.getElementById("main");
  let answered = new Date(), waiting = 0;

  // Told aloud by a screen reader, so said only when it changes.
  const say = (state, words) => {
    live.dataset.state = state;
    if (live.textContent !== words) live.textContent = words;
  };

  const resting = () => {
    if (document.hidden) return "hidden";
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed) return "while text is selected";
    const inputs = [...main.querySelectorAll("input")];
    const typed = inputs.some((input) => input.value !== input.defaultValue);
    if (typed || document.activeElement?.matches("input")) return "while you type";
    if (main.querySelector("details[open]")) return "while something is open";
    return "";
  };

  const reachable = "a[href], button, summary, [tabindex='0']";
  const name = (element) => element.tagName + (element.getAttribute("href") ?? "") + element.textContent;

  // What has the focus, and which of those that look like it.
  const remember = () => {
    const focused = document.activeElement;
    if (!focused || !main.contains(focused) || focused === main) return () => {};
    const alike = (one) => name(one) === name(focused);
    const place = [...main.querySelectorAll(reachable)].filter(alike).indexOf(focused);
    return () => {
      const again = [...main.querySelectorAll(reachable)].filter(alike);
      (again[place] ?? again[0] ?? main).focus({ preventScroll: true });
    };
  };

  const replace = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const content = fresh.getElementById("main");
    if (!content) throw new Error("this is no status page");
    const style = (of) => of.querySelector("link[rel=stylesheet]").getAttribute("href");
    if (style(fresh) !== style(document)) return location.reload();  // another version answers
    const focus = remember(), top = window.scrollY;
    main.replaceChildren(...content.childNodes);
    document.title = fresh.title;
    focus();
    window.scrollTo({ top, behavior: "instant" });
  };

  const refresh = async () => {
    clearTimeout(waiting);
    const why = resting();
    if (why === "hidden") return;
    if (why) {
      say("resting", "Not updated " + why);
    } else {
      try {
        const answer = await fetch(location.href, {
          headers: { Accept: "text/html" }, signal: AbortSignal.timeout(patience),
        });
        const text = await answer.text();
        if (!answer.ok) throw new Error("HTTP status " + answer.status);
        // Whoever began to select or type meanwhile keeps what he sees.
        if (!resting()) replace(text);
        answered = new Date();
        say("true", "Updated every " + every / 1000 + " s");
      } catch (error) {
        say("gone", "The agent has not answered since " + answered.toLocaleTimeString());
      }
    }
    waiting = setTimeout(refresh, every);
  };

  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  say("true", "Updated every " + every / 1000 + " s");
  waiting = setTimeout(refresh, every);
})();

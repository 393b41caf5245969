// Progressive enhancement only: every page works without this file.
import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink,
  createAll,
} from "./govuk-frontend.min.js?v=6.6.0";

const TYPING_PAUSE = 3000; // milliseconds without a key before a save
const FIRST_RETRY = 5000;
const LAST_RETRY = 60000;
const LONGEST_WAIT = 5000; // how long a button waits for a save that is under way
const KEEPALIVE_LIMIT = 60000; // browsers refuse larger requests that outlive their page
const CARRIED = new Set(["csrf_token", "key", "version"]); // what the page carries, not what was typed

class Unsaved extends Error {
  constructor(words, { link = null, retry = false } = {}) {
    super(words);
    this.link = link;
    this.retry = retry;
  }
}

const KEPT = "What you typed is still on this page.";
const SIGNED_OUT = `Not saved: you are signed out. ${KEPT} Press the button to sign in and keep it.`;

/** The answer to a save, or Unsaved with the sentence to show. */
async function readAnswer(response) {
  const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
  const answer = isJson ? await response.json() : {};
  if (response.status === 409 && answer.conflict) {
    const words = `Not saved: this was changed in another tab or by someone else. ${KEPT}`;
    throw new Unsaved(words, { link: { href: answer.conflict, text: "See both versions" } });
  }
  if (response.status === 401 || response.redirected) throw new Unsaved(SIGNED_OUT);
  if (response.status === 403) throw new Unsaved(answer.error ? `Not saved: ${answer.error} ${KEPT}` : SIGNED_OUT);
  if (response.status === 429 || response.status >= 500) {
    throw new Unsaved(`Not saved yet: the service is busy. ${KEPT} It is tried again by itself.`, { retry: true });
  }
  if (!response.ok) throw new Unsaved(`Not saved: ${answer.error || "press the button to save."} ${KEPT}`);
  if (!isJson) throw new Unsaved(SIGNED_OUT);
  return answer;
}

/** Saves a form while it is filled in: after a pause, on leaving a field, on leaving the page. */
class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.saved = this.typed();
    this.running = null;
    this.stopped = false;
    this.failed = false;
    this.retryAfter = FIRST_RETRY;
    if (!document.querySelector("[data-autosave-status].app-saved--done")) this.say("Saved as you type, and again when you leave a box");
    form.addEventListener("input", () => this.later(TYPING_PAUSE));
    form.addEventListener("change", () => this.now());
    form.addEventListener("focusout", () => this.now());
    form.addEventListener("submit", (event) => this.beforeSubmit(event));
    window.addEventListener("online", () => this.now());
    window.addEventListener("pagehide", () => this.now());
    window.addEventListener("beforeunload", (event) => {
      if (this.failed && !this.stopped && this.changed()) event.preventDefault();
    });
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.stopped = false; // came back with the browser's back button
    });
    document.addEventListener("visibilitychange", () => document.hidden && this.now());
  }

  body() {
    const texts = [...new FormData(this.form)].filter(([, value]) => typeof value === "string");
    return new URLSearchParams(texts);
  }

  typed() {
    return new URLSearchParams([...this.body()].filter(([name]) => !CARRIED.has(name))).toString();
  }

  changed() {
    return this.typed() !== this.saved;
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), delay);
  }

  now() {
    clearTimeout(this.timer);
    if (this.stopped || !this.changed()) return;
    if (this.running) return this.later(500);
    this.running = this.save().finally(() => {
      this.running = null;
    });
  }

  async save() {
    const sending = this.typed();
    const body = this.body().toString();
    try {
      const response = await this.send(body);
      this.succeeded(await readAnswer(response), sending);
    } catch (error) {
      this.failedWith(error);
    }
  }

  async send(body) {
    try {
      return await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        keepalive: body.length < KEEPALIVE_LIMIT,
        headers: {
          "Accept": "application/json",
          "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
          "X-Requested-With": "fetch",
        },
        body,
      });
    } catch {
      throw new Unsaved(`Not saved yet: no connection. ${KEPT} It is tried again by itself.`, { retry: true });
    }
  }

  succeeded(answer, sent) {
    this.saved = sent;
    this.failed = false;
    this.retryAfter = FIRST_RETRY;
    for (const input of this.form.querySelectorAll("input[name=version]")) {
      if (answer.version !== undefined) input.value = answer.version;
    }
    this.say(`Saved at ${answer.saved_at}`, { done: true });
    this.showLeft(answer.left);
    if (this.changed()) this.later(TYPING_PAUSE);
  }

  failedWith(error) {
    this.failed = true;
    const known = error instanceof Unsaved ? error : new Unsaved(`Not saved: press the button to save. ${KEPT}`);
    this.say(known.message, { problem: true, link: known.link });
    this.stopped = known.link !== null;
    if (known.retry) {
      this.later(this.retryAfter);
      this.retryAfter = Math.min(this.retryAfter * 2, LAST_RETRY);
    }
  }

  say(words, { done = false, problem = false, link = null } = {}) {
    for (const line of document.querySelectorAll("[data-autosave-status], [data-autosave-copy]")) {
      line.classList.toggle("app-saved--done", done);
      line.classList.toggle("app-saved--problem", problem);
      if (line.textContent !== words) line.textContent = words;
      if (link && line.matches("[data-autosave-status]")) {
        const anchor = Object.assign(document.createElement("a"), { className: "govuk-link", href: link.href });
        anchor.textContent = link.text;
        line.append(" ", anchor);
      }
    }
  }

  showLeft(n) {
    if (n === undefined || n === null) return;
    for (const place of document.querySelectorAll("[data-autosave-left]")) place.textContent = n;
    for (const link of document.querySelectorAll("[data-left] a[href^='#']")) {
      link.closest("li").hidden = this.answered(document.getElementById(link.hash.slice(1)));
    }
  }

  answered(field) {
    if (!field || !field.name) return false;
    return new FormData(this.form).getAll(field.name).some((value) => value !== "");
  }

  // A button pressed during a save waits for it: otherwise the page would be sent with the version before.
  beforeSubmit(event) {
    clearTimeout(this.timer);
    if (!this.running) {
      this.stopped = true;
      return;
    }
    event.preventDefault();
    const pause = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
    Promise.race([this.running, pause]).then(() => {
      this.running = null;
      this.form.requestSubmit(event.submitter);
    });
  }
}

// Questions that belong to one answer are shown when it is chosen. Not GOV.UK's Radios component: it sets
// aria-expanded on radio buttons, which their role does not allow.
function revealChosen() {
  for (const input of document.querySelectorAll("input[data-reveals]")) {
    const kind = input.type === "radio" ? "radios" : "checkboxes";
    const part = document.getElementById(input.dataset.reveals);
    part?.classList.toggle(`govuk-${kind}__conditional--hidden`, !input.checked);
  }
}

/** Follows a long job: {label, done, total, next}; goes on to `next` when the job is finished. */
async function followProgress(bar) {
  try {
    const response = await fetch(bar.dataset.progressUrl, { headers: { "X-Requested-With": "fetch" } });
    const job = await response.json();
    if (job.next) {
      window.location.assign(job.next);
      return;
    }
    bar.max = job.total || 1;
    bar.value = job.done || 0;
    const label = document.getElementById(bar.getAttribute("aria-labelledby"));
    if (label && job.label && label.textContent !== job.label) label.textContent = job.label;
  } catch {
    // No answer now: the job goes on without this page, so ask again.
  }
  setTimeout(() => followProgress(bar), 1000);
}

// GOV.UK Frontend starts a component only under these classes, which its own template sets inline.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
for (const component of [Button, CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, SkipLink]) {
  createAll(component);
}
revealChosen();
document.addEventListener("change", revealChosen);
window.addEventListener("pageshow", revealChosen);
for (const form of document.querySelectorAll("form[data-autosave-url]")) new Autosave(form);
for (const bar of document.querySelectorAll("progress[data-progress-url]")) followProgress(bar);

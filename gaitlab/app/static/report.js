'use strict';
/* A report inside the application: each correction is sent, the numbers are calculated again, and the page shows them. */

const bar = document.getElementById('gaitlab-bar');
const status_ = document.getElementById('gaitlab-status');
const memory = `gaitlab ${bar.dataset.recording}`;
const address = (what) => `/recordings/${bar.dataset.recording}/${what}`;
const PAUSE_MS = 300;
const LONG_MS = 6000;

const sending = { timer: null, latest: null, busy: false, pressed: false };

function say(words, kind = '') {
  status_.textContent = words;
  status_.className = kind;
}

/** Send something, and say so; what takes long is explained. */
async function post(what, content) {
  say('Calculating…', 'working');
  const long = setTimeout(() => say('Calculating… Another person, or a new version, takes as long as the first analysis.', 'working'), LONG_MS);
  try {
    await exchange(what, content);
  } finally {
    clearTimeout(long);
  }
}

async function exchange(what, content) {
  const answer = await fetch(address(what), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ ...content, after: Number(bar.dataset.after) }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.problem);
  bar.dataset.after = said.after;
}

/** Send the corrections as they are now; what is changed meanwhile is sent after that. */
async function send() {
  if (sending.busy || sending.latest === null) return;
  const file = sending.latest;
  sending.latest = null;
  sending.busy = true;
  try {
    await post('corrections', { corrections: file, by: document.getElementById('by')?.value.trim() ?? bar.dataset.therapist });
    sending.busy = false;
    if (sending.latest === null) showAgain();
    else send();
  } catch (error) {
    sending.busy = false;
    say(`${error.message} Nothing was stored.`, 'problem');
  }
}

/** Show the page with the new numbers, at the same place and moment. */
function showAgain() {
  document.dispatchEvent(new CustomEvent('gaitlab-saved'));
  const place = {
    top: scrollY,
    correcting: document.body.classList.contains('correcting'),
    moment: document.getElementById('player')?.currentTime ?? 0,
  };
  sessionStorage.setItem(memory, JSON.stringify(place));
  location.reload();
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(memory) ?? 'null');
  sessionStorage.removeItem(memory);
  if (!kept) return;
  if (kept.correcting) document.getElementById('correct')?.click();
  document.dispatchEvent(new CustomEvent('gaitlab-seek', { detail: kept.moment }));
  scrollTo(0, kept.top);
  say('Calculated again with the correction.');
}

/** Send when nothing was changed for a moment, and no mark is being dragged. */
function sendSoon() {
  clearTimeout(sending.timer);
  sending.timer = setTimeout(() => (sending.pressed ? sendSoon() : send()), PAUSE_MS);
}

document.addEventListener('gaitlab-corrected', ({ detail }) => {
  sending.latest = detail;
  sendSoon();
});
for (const kind of ['pointerdown', 'pointerup', 'pointercancel']) {
  addEventListener(kind, () => (sending.pressed = kind === 'pointerdown'), true);
}

document.getElementById('gaitlab-undo')?.addEventListener('click', async (event) => {
  event.target.disabled = true;
  try {
    await post('undo', {});
    showAgain();
  } catch (error) {
    say(error.message, 'problem');
    event.target.disabled = false;
  }
});

/* What the page can no longer take back, since it was loaded again, the application can. */
document.addEventListener('keydown', (event) => {
  const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z';
  if (!wanted || event.target.closest('input, select, textarea')) return;
  if (document.getElementById('undo')?.disabled) document.getElementById('gaitlab-undo')?.click();
});

document.documentElement.classList.add('in-app');
const hint = document.querySelector('#correcting > .note');
if (hint) {
  hint.textContent =
    hint.id === 'how-to-correct'
      ? 'Drag start, peak or end of a repetition, or select it and use ← and →, with Shift by ten frames. Values and curves change at once.'
      : 'Drag a mark, or select it and use ← and →; Delete removes it. Click a stride to exclude it. Values and curves change at once.';
}
const by = document.getElementById('by');
if (by && !by.value) by.value = bar.dataset.therapist;
restore();

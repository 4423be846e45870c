'use strict';
/* The examination: each value is stored when it is entered; the body chart and its rows show the same marks. */

const form = document.getElementById('examination');
const entryStatus = document.getElementById('entry-status');
const waiting = new Map();
let unanswered = 0;

/** Store a value; what could not be stored is marked and said. */
async function store(key, text, element) {
  const [item, side, variant] = key.split('|');
  element.setCustomValidity?.('');
  try {
    const answer = await fetch(form.dataset.enter, {
      method: 'POST',
      keepalive: true,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ item, side, variant, text, note: noteOf(key) }),
    });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.problem);
    mark(element, text !== '');
    showFlags(content.flags);
    if (unanswered === 1) entryStatus.textContent = 'Stored.';
    entryStatus.classList.remove('problem');
    boxOf(element)?.classList.remove('wrong');
  } catch (error) {
    entryStatus.textContent = error.message;
    entryStatus.classList.add('problem');
    boxOf(element)?.classList.add('wrong');
  } finally {
    unanswered -= 1;
  }
}

const boxOf = (element) => element.closest('.field, .mark-choice');

function mark(element, entered) {
  boxOf(element)?.classList.toggle('entered', entered);
  boxOf(element)?.classList.toggle('typed', entered);
}

function showFlags({ present }) {
  const box = document.querySelector('#flags .problem');
  if (!box) return;
  box.hidden = present.length === 0;
  box.querySelector('.present').textContent = present.join('; ');
}

/** Return the note on a value; what has none is words itself. */
const noteOf = (key) => form.querySelector(`[data-note="${CSS.escape(key)}"]`)?.value.trim() ?? '';

const valueOf = (element) => (element.type === 'checkbox' ? (element.checked ? 'yes' : '') : element.value.trim());

/** One value after the other for each key: an older one must not overwrite a newer one. */
function enter(element, text = valueOf(element)) {
  const key = element.dataset.entry;
  const before = waiting.get(key) ?? Promise.resolve();
  unanswered += 1;
  entryStatus.textContent = 'Storing …';
  waiting.set(key, before.then(() => store(key, text, element)));
  showOnChart(key, text === 'yes');
}

/** Store a note with the value that it is on. */
function enterNote(key) {
  const inputs = [...form.querySelectorAll(`[data-entry="${CSS.escape(key)}"]`)];
  const element = inputs.find((one) => one.type !== 'radio' || one.checked);
  if (element && valueOf(element)) enter(element);
}

/* The note is there as soon as something is typed: the next Tab goes to it. */
form.addEventListener('input', ({ target }) => {
  if (target.dataset.entry) boxOf(target)?.classList.toggle('typed', valueOf(target) !== '');
});
form.addEventListener('change', ({ target }) => {
  if (target.dataset.entry) enter(target);
  if (target.dataset.note) enterNote(target.dataset.note);
});

/* A radio that is selected already is taken back by selecting it again, or by Delete. */
form.addEventListener('pointerdown', (event) => {
  const radio = event.target.closest('label')?.querySelector('input[type=radio]');
  if (radio) radio.dataset.was = radio.checked ? 'yes' : '';
});
form.addEventListener('click', (event) => {
  const radio = event.target.closest('input[type=radio]');
  if (radio?.dataset.was) {
    radio.checked = false;
    radio.dataset.was = '';
    enter(radio, '');
  }
});
form.addEventListener('keydown', (event) => {
  const radio = event.target.closest('input[type=radio]');
  if (radio && (event.key === 'Delete' || event.key === 'Backspace')) {
    radio.checked = false;
    enter(radio, '');
    event.preventDefault();
  }
});
form.addEventListener('submit', (event) => event.preventDefault());

/* The body chart. */
function showOnChart(key, marked) {
  document.querySelector(`[data-area="${CSS.escape(key)}"]`)?.setAttribute('aria-checked', String(marked));
}

function toggleArea(area) {
  const box = form.querySelector(`[data-entry="${CSS.escape(area.dataset.area)}"]`);
  box.checked = !box.checked;
  enter(box);
}

for (const area of document.querySelectorAll('[data-area]')) {
  area.addEventListener('click', () => toggleArea(area));
  area.addEventListener('keydown', (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    toggleArea(area);
  });
}

/* Fields of text grow with what is written. */
for (const field of form.querySelectorAll('textarea')) {
  const grow = () => {
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  };
  field.addEventListener('input', grow);
  grow();
}

/* The log of the home programme: each day is stored when it is marked. */
for (const box of document.querySelectorAll('[data-log]')) {
  box.addEventListener('change', async (event) => {
    const day = event.target.closest('[data-day]');
    const [done, pain] = day.querySelectorAll('input');
    const answer = await fetch(box.dataset.log, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ day: day.dataset.day, done: done.checked, pain: pain.value }),
    });
    entryStatus.textContent = answer.ok ? 'Stored.' : (await answer.json()).problem;
    entryStatus.classList.toggle('problem', !answer.ok);
  });
}

'use strict';
/* The pages: uploads, progress, parts that are loaded later. */

const asJson = { Accept: 'application/json' };

/** Make an element with attributes and children; text is never read as HTML. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/* Uploads: one after the other, each with its progress. */
function startUploads(form) {
  const input = form.querySelector('input[type=file]');
  const list = form.querySelector('.uploads');
  let queue = Promise.resolve();
  let waiting = 0;

  const add = (files) => {
    for (const file of files) {
      waiting += 1;
      queue = queue.then(() => upload(form, list, file)).then(() => {
        waiting -= 1;
        if (!waiting && !list.querySelector('.problem')) location.reload();
      });
    }
  };
  const take = () => {
    add([...input.files]);
    input.value = '';
  };
  input.addEventListener('change', take);
  take(); // what was chosen before this script was there
  for (const kind of ['dragenter', 'dragover']) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add('over');
    });
  }
  for (const kind of ['dragleave', 'drop']) form.addEventListener(kind, () => form.classList.remove('over'));
  form.addEventListener('drop', (event) => {
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  addEventListener('beforeunload', (event) => waiting && event.preventDefault());
}

function upload(form, list, file) {
  const bar = make('progress', { max: 100, value: 0, 'aria-label': `Upload of ${file.name}` });
  const item = make('li', {}, make('span', {}, `Adding ${file.name}`), bar);
  list.append(item);
  const query = new URLSearchParams({
    task: form.elements.task.value,
    treadmill_speed_mps: form.elements.treadmill_speed_mps.value,
    footwear: form.elements.footwear.value,
    name: file.name,
  });
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${form.dataset.upload}?${query}`);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (event) => {
      bar.value = (100 * event.loaded) / (event.total || 1);
    });
    request.addEventListener('loadend', () => {
      if (request.status === 201) item.remove();
      else item.replaceWith(make('li', { class: 'problem', role: 'alert' }, `${file.name}: ${problemOf(request)}`));
      done();
    });
    request.send(file);
  });
}

function problemOf(request) {
  try {
    return JSON.parse(request.responseText).problem;
  } catch {
    return 'The video could not be added. Check that gaitlab app still runs.';
  }
}

/* Progress: asked every second while something works; the page is loaded again when something is finished. */
function startProgress(list) {
  if (list.dataset.working !== 'yes') return;
  const states = new Map([...list.querySelectorAll('.recording')].map((one) => [one.dataset.id, one.dataset.state]));
  let checked = null;
  const ask = async () => {
    try {
      const { recordings } = await (await fetch(list.dataset.progress, { headers: asJson })).json();
      const now = recordings.map((one) => `${one.id} ${one.working} ${one.checked}`).join();
      if (checked !== null && now !== checked) return void location.reload();
      checked = now;
      for (const one of recordings) {
        if (!states.has(one.id)) return void location.reload();
        const item = list.querySelector(`[data-id="${one.id}"]`);
        item.querySelector('.state').textContent = one.words + (one.percent && one.working ? ` ${one.percent} %` : '');
        const bar = item.querySelector('progress');
        if (bar) bar.value = one.percent;
      }
    } catch {
      /* the application was ended, or is busy: asked again */
    }
    setTimeout(ask, 1000);
  };
  ask();
}

/* Parts that take a moment are loaded when the page is there. */
async function load(box) {
  try {
    const answer = await fetch(box.dataset.load);
    if (!answer.ok) throw new Error(String(answer.status));
    const part = new DOMParser().parseFromString(await answer.text(), 'text/html');
    box.replaceChildren(...part.body.childNodes);
  } catch {
    box.replaceChildren(make('p', { class: 'note' }, 'This could not be loaded. Load the page again.'));
  }
}

/* A list that is narrowed down while something is typed. */
function startFilter(field) {
  field.addEventListener('input', () => {
    const wanted = field.value.trim().toLowerCase();
    for (const item of document.querySelectorAll(field.dataset.filter)) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
}

/* Text to copy. */
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand('copy');
  }
  document.getElementById('copied').textContent = 'Copied.';
}

for (const field of document.querySelectorAll('[data-filter]')) startFilter(field);
for (const button of document.querySelectorAll('[data-copy]')) button.addEventListener('click', () => copy(button));
for (const form of document.querySelectorAll('[data-upload]')) startUploads(form);
for (const list of document.querySelectorAll('[data-progress]')) startProgress(list);
for (const box of document.querySelectorAll('[data-load]')) load(box);

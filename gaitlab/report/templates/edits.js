/* What editing has in common: undo and redo, the file that holds the changes, and the command that uses it.
 *
 * A page says what is edited: freshEdits(), allChanges(), the changes of each video, and correctionsFile(). Inside the
 * application each change acts at once: it listens to gaitlab-corrected; elsewhere nobody does. */

/** For each video what can be edited as it is now; the changes are the difference from the original. */
const edits = { clips: [], past: [], future: [], saved: true };

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
const sameTime = (a, b) => a === b || (a !== null && b !== null && Math.abs(a - b) < 5e-4);

/** Remember how it is, before something is changed. */
function remember() {
  edits.past.push(JSON.stringify(edits.clips));
  edits.future = [];
}

function travel(from, to) {
  if (!from.length) return;
  to.push(JSON.stringify(edits.clips));
  edits.clips = JSON.parse(from.pop());
  changed();
}

function changed() {
  edits.saved = allChanges().every((changes) => changes.length === 0);
  emit('edit');
  const detail = edits.saved ? null : correctionsFile();
  document.dispatchEvent(new CustomEvent('gaitlab-corrected', { detail }));
}

/** Save the changes as a file, and show the command that computes the report again. */
function saveFile(name, content, videos) {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(content, null, 2)}\n`], { type: 'application/json' }));
  const link = make('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
  edits.saved = true;
  byId('command').textContent = commandText(name, videos);
  byId('saved').hidden = false;
  announce(`Saved as ${name}. The command that computes the report again is shown below.`);
}

/** Return the command that computes the report again; the folder is that of this page. */
function commandText(name, videos) {
  const path = decodeURIComponent(location.pathname).replace(/\/[^/]*$/, '').replace(/^\/(?=[A-Za-z]:)/, '');
  const folder = location.protocol === 'file:' && path ? `"${path}"` : 'FOLDER';
  const words = ['gaitlab analyze', ...videos, data.options, `-o ${folder}`, `--events-file "${name}"`, '--force'];
  return words.filter(Boolean).join(' ');
}

/** State at the top of the page that its values do not include the changes yet. */
function warnOfPending(count) {
  const words = count === 1 ? '1 change is' : `${count} changes are`;
  byId('pending').hidden = count === 0;
  byId('pending').textContent = `${words} not yet included in the values of this page: save the corrections and compute the report again.`;
}

function correctionsKey(event) {
  if (!page.correcting || event.target.closest('input, select, textarea')) return;
  const undo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z';
  if (undo && event.shiftKey) travel(edits.future, edits.past);
  else if (undo) travel(edits.past, edits.future);
  else return;
  event.preventDefault();
}

function startEdits() {
  edits.clips = freshEdits();
  byId('undo').addEventListener('click', () => travel(edits.past, edits.future));
  byId('redo').addEventListener('click', () => travel(edits.future, edits.past));
  document.addEventListener('keydown', correctionsKey);
  document.addEventListener('gaitlab-seek', ({ detail }) => seek(detail * clip().timeScale));
  document.addEventListener('gaitlab-saved', () => (edits.saved = true));
  addEventListener('beforeunload', (event) => !edits.saved && event.preventDefault());
}

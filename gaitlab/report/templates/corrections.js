/* Correcting: the manual changes, undo and redo, and the file that holds them. */

function freshEdits() {
  return data.clips.map((one) => ({
    events: one.events.map((event, id) => ({ ...event, id, old: event.time, at: '' })),
    strides: one.strides.map(({ number, side, used }) => ({ number, side, used, at: '' })),
    bouts: one.bouts.map(() => ({ swapped: false, at: '' })),
    person: { number: one.chosen, at: '' },
    marks: one.level.map((mark) => ({ ...mark, old: true, at: '' })),
  }));
}

const editedEvents = () => edits.clips[page.clip].events;
const isByHand = (stride) => stride.used || stride.exclusion === 'left_out_by_hand';

/** Move, or remove (time null), an event. */
function setEvent(id, time) {
  const event = editedEvents().find((e) => e.id === id);
  event.time = time;
  event.at = now();
  changed();
}

function moveByFrames(id, frames) {
  const times = clip().frameTimes;
  const event = editedEvents().find((e) => e.id === id);
  const at = nearest(times, event.time);
  const onFrame = sameTime(times[at], event.time) || Math.sign(times[at] - event.time) !== Math.sign(frames);
  const time = times[clamp(at + (onFrame ? frames : 0), 0, times.length - 1)];
  remember();
  page.selected = id;
  setEvent(id, time);
  seek(time);
  announce(`${eventLabel(event)}.`);
}

function addEvent(side, kind) {
  const time = clip().frameTimes[page.frame];
  const same = editedEvents().filter((e) => e.side === side && e.event === kind && e.time !== null);
  const close = same.find((e) => Math.abs(e.time - time) < 0.1);
  if (close) return announce(`There is a ${side} ${eventWords[kind]} at ${shown(close.time, 3)} s already: move that event.`);
  remember();
  const id = Math.max(-1, ...editedEvents().map((e) => e.id)) + 1;
  editedEvents().push({ id, side, event: kind, time, old: null, uncertainty: null, at: now() });
  page.selected = id;
  changed();
  return announce(`${capital(side)} ${eventWords[kind]} added at ${shown(time, 3)} s.`);
}

function removeEvent(id) {
  const event = editedEvents().find((e) => e.id === id);
  if (!event || event.time === null) return;
  remember();
  page.selected = null;
  setEvent(id, null);
  announce(`${capital(event.side)} ${eventWords[event.event]} removed.`);
}

/** Leave a stride out, or take it in again; those left out for other reasons stay so. */
function toggleStride(number) {
  const stride = clip().strides.find((s) => s.number === number);
  if (!isByHand(stride)) return announce(`This stride was excluded by the analysis: ${stride.reason}.`);
  remember();
  const edited = edits.clips[page.clip].strides.find((s) => s.number === number);
  edited.used = !edited.used;
  edited.at = now();
  changed();
  const done = edited.used ? 'included' : 'excluded';
  return announce(`${capital(edited.side)} stride from ${shown(stride.start, 3)} s ${done}.`);
}

const inBout = (bout, time) => time >= bout.start - 0.01 && time <= bout.end + 0.01;

/** Exchange left and right in a walking bout: of its events, strides and marks, those placed by hand too. */
function swapSides(index) {
  const bout = clip().bouts[index];
  const edited = edits.clips[page.clip];
  remember();
  for (const event of edited.events) if (inBout(bout, event.time ?? event.old)) event.side = other(event.side);
  clip().strides.forEach((stride, i) => {
    if (inBout(bout, stride.start)) edited.strides[i].side = other(edited.strides[i].side);
  });
  edited.marks = edited.marks.map((mark) => (inBout(bout, mark.time) ? turnedMark(mark) : mark));
  edited.bouts[index].swapped = !edited.bouts[index].swapped;
  edited.bouts[index].at = now();
  changed();
  announce(`Left and right ${edited.bouts[index].swapped ? 'swapped' : 'as detected'} from ${boutWords(bout)}.`);
}

const other = (side) => (side === 'left' ? 'right' : 'left');
const boutWords = (bout) => `${shown(bout.start)} to ${shown(bout.end)} s`;

/** Write a button for each bout of the clip. */
function writeBouts() {
  const box = byId('bouts');
  const buttons = clip().bouts.map((bout, index) => {
    const pressed = String(edits.clips[page.clip].bouts[index].swapped);
    const button = make('button', { type: 'button', 'aria-pressed': pressed, 'data-bout': index }, boutWords(bout));
    button.addEventListener('click', () => swapSides(index));
    return button;
  });
  const focused = document.activeElement?.dataset?.bout;
  box.replaceChildren(box.firstElementChild, ...buttons);
  box.hidden = buttons.length === 0;
  if (focused !== undefined) box.querySelector(`[data-bout="${focused}"]`)?.focus();
}

/** Choose another person to be measured, and show where they are first seen; what was changed before is of the one who
 * is measured now. */
function choosePerson({ number, new_s }) {
  seek(new_s);
  if (edits.clips[page.clip].person.number === number) return;
  remember();
  edits.clips[page.clip].person = { number, at: now() };
  changed();
  announce(`Person ${number} selected.`);
}

/** Write a button for each person in the clip, with an image where there is one. */
function writePersons() {
  const box = byId('persons');
  const { number: chosen } = edits.clips[page.clip].person;
  const buttons = clip().people.map(({ sentence, picture, change }) => {
    const { number, new_s } = change;
    const pressed = String(number === chosen);
    const face = picture ? [make('img', { src: picture, alt: '' })] : [];
    const measured = number === clip().chosen ? ' Measured in this report.' : '';
    const words = make('span', {}, `${sentence} First seen at ${shown(new_s)} s.${measured}`);
    const button = make('button', { type: 'button', 'aria-pressed': pressed, 'data-person': number }, ...face, words);
    button.addEventListener('click', () => choosePerson(change));
    return button;
  });
  const focused = document.activeElement?.dataset?.person;
  box.replaceChildren(box.firstElementChild, ...buttons);
  box.hidden = buttons.length === 0;
  if (focused !== undefined) box.querySelector(`[data-person="${focused}"]`)?.focus();
}

/** List the changes that are excluded because they belong to another person than the chosen one. */
function warnOfPerson() {
  const { number } = edits.clips[page.clip].person;
  const chosen = number !== clip().chosen;
  const before = [...clip().changes, ...changesOf(page.clip)].filter((change) => change.kind !== 'chosen').length;
  byId('of-another').hidden = !chosen || before === 0;
  byId('of-another').textContent =
    `${before === 1 ? '1 correction is' : `${before} corrections are`} for person ${clip().chosen} and will not be ` +
    `used for person ${number}. Place events in the next report.`;
  byId('takes').textContent = chosen ? 'it takes as long as the first analysis' : 'it takes a few seconds';
}

/** Open the corrections at the choice of a person. */
function openPersons() {
  if (!clip().people.length) chooseClip(data.clips.findIndex((one) => one.people.length));
  setCorrecting(true);
  byId('persons').scrollIntoView({ block: 'center' });
  byId('persons').querySelector('button')?.focus({ preventScroll: true });
}

/** Return where a heel strike that begins or ends a stride is now; null if it was removed. */
function currentTime(events, side, time) {
  const event = events.find((e) => e.side === side && e.event === 'heel_strike' && sameTime(e.old, time));
  return event ? event.time : time;
}

/** Return what was changed in a clip since the page was made: bouts first, by whose sides the events are called, then
 * events, then strides, which begin at the moved ones, then marks; another person last, for whom all of these do not hold. */
function changesOf(index) {
  const { events, strides, bouts, person } = edits.clips[index];
  const swapped = data.clips[index].bouts.flatMap(({ start, end }, i) => {
    const [old_s, new_s] = [start, end];
    if (!bouts[i].swapped) return [];
    return [{ kind: 'swapped_sides', side: 'both', event: 'bout', old_s, new_s, at: bouts[i].at }];
  });
  const moved = events
    .filter((e) => !sameTime(e.old, e.time))
    .map((e) => ({
      kind: e.old === null ? 'added' : e.time === null ? 'removed' : 'moved',
      side: e.side,
      event: e.event,
      old_s: e.old,
      new_s: e.time,
      at: e.at,
    }));
  const toggled = data.clips[index].strides.flatMap((stride, i) => {
    const { side, used, at } = strides[i];
    const start = currentTime(events, side, stride.start);
    if (used === stride.used || start === null) return [];
    const kind = used ? 'included' : 'excluded';
    return [{ kind, side, event: 'stride', old_s: start, new_s: null, at }];
  });
  const chosen = data.clips[index].people
    .filter(({ change }) => change.number === person.number && change.number !== data.clips[index].chosen)
    .map(({ change }) => ({ ...change, at: person.at }));
  return [...swapped, ...moved, ...toggled, ...markChanges(index), ...chosen];
}

const allChanges = () => data.clips.map((_, index) => changesOf(index));

/** Return the file that `gaitlab analyze --events-file` takes: earlier changes first, then those of this page. */
function correctionsFile() {
  const by = byId('by').value.trim();
  const videos = data.clips.map((one, index) => ({
    stem: one.stem,
    sha256: one.sha256,
    changes: [...one.changes, ...changesOf(index).map((change) => ({ ...change, by }))],
  }));
  return { format: 'gaitlab corrections', version: 1, videos: videos.filter((video) => video.changes.length) };
}

/** Say a change in words. */
function changeWords(change) {
  const what = `${capital(change.side)} ${eventWords[change.event] ?? 'stride'}`;
  const [from, to] = [change.old_s, change.new_s].map((time) => `${shown(time, 3)} s`);
  const words = {
    moved: `${what} moved from ${from} to ${to} (${shown(1000 * (change.new_s - change.old_s), 0)} ms)`,
    added: `${what} added at ${to}`,
    removed: `${what} at ${from} removed`,
    excluded: `${what} from ${from} excluded`,
    included: `${what} from ${from} included again`,
    swapped_sides: `Left and right swapped from ${from} to ${to}`,
    chosen: `Person ${change.number} selected`,
    marked: `Pelvic level marked at ${to}`,
    unmarked: `Mark of the pelvic level at ${from} removed`,
  };
  return words[change.kind];
}

function saveCorrections() {
  const videos = data.clips.map((_, index) => (data.clips.length > 1 ? `VIDEO${index + 1}` : 'VIDEO'));
  saveFile(`${data.clips[0].stem}-corrections.json`, correctionsFile(), videos);
}

/** List what is impossible in a walk: two equal events of one foot in a row, a foot that leaves before the other lands. */
function impossible(events) {
  const there = events.filter((e) => e.time !== null).sort((a, b) => a.time - b.time);
  const last = { left: null, right: null };
  const problems = [];
  for (const event of there) {
    const opposite = last[other(event.side)];
    const at = `${event.side} ${eventWords[event.event]} at ${shown(event.time, 3)} s`;
    if (last[event.side]?.event === event.event) {
      problems.push(`${capital(at)}: a second one without a ${eventWords[flipped(event.event)]} in between.`);
    } else if (event.event === 'toe_off' && opposite?.event === 'toe_off') {
      problems.push(`${capital(at)}: the other foot is also in the air. In walking one foot is always on the ground.`);
    }
    last[event.side] = event;
  }
  return problems;
}

const flipped = (kind) => (kind === 'toe_off' ? 'heel_strike' : 'toe_off');

/** Warn of changes that are not included yet, and of those that are impossible in a walk. */
function warnOfChanges(count) {
  warnOfPending(count);
  const before = impossible(clip().events);
  const warnings = impossible(editedEvents()).filter((words) => !before.includes(words));
  byId('impossible').replaceChildren(...warnings.map((words) => make('li', {}, words)));
}

/** Write the list of changes, and switch the buttons that have something to do. */
function writeChanges() {
  const lines = allChanges().flatMap((changes, index) => {
    const which = data.clips.length > 1 ? `${data.clips[index].stem}: ` : '';
    return changes.map((change) => make('li', {}, which + changeWords(change)));
  });
  byId('changes').replaceChildren(...lines);
  byId('no-changes').hidden = lines.length > 0;
  byId('save').disabled = lines.length === 0;
  byId('undo').disabled = edits.past.length === 0;
  byId('redo').disabled = edits.future.length === 0;
  byId('remove').disabled = page.selected === null;
  writeBouts();
  writePersons();
  warnOfPerson();
  warnOfChanges(lines.length);
}

function setCorrecting(correcting) {
  if (marking.on) setMarking(false);
  page.correcting = correcting;
  byId('correct').setAttribute('aria-pressed', String(correcting));
  byId('correct').textContent = correcting ? 'Stop correcting' : 'Correct events';
  byId('correcting').hidden = !correcting;
  document.body.classList.toggle('correcting', correcting);
  emit('mode');
}

function startCorrections() {
  byId('correct').addEventListener('click', () => setCorrecting(!page.correcting));
  byId('remove').addEventListener('click', () => removeEvent(page.selected));
  byId('save').addEventListener('click', saveCorrections);
  for (const button of document.querySelectorAll('.choose-person')) button.addEventListener('click', openPersons);
  for (const button of document.querySelectorAll('[data-add]')) {
    button.addEventListener('click', () => addEvent(...button.dataset.add.split(' ')));
  }
  startEdits();
  for (const what of ['edit', 'mode', 'clip', 'select']) on(what, writeChanges);
}

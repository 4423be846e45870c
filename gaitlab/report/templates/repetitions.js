/* Repetitions of tests: bars on the time axis with their start, peak and end, and what is corrected about them. */

const parts = ['start', 'peak', 'end'];
const correctable = () => clip().parts.length > 0;
const countable = () => correctable() && !clip().doneOnce;
const partWords = { start: 'start', peak: 'peak', end: 'end' };
const apart = 0.02;
const usualLength = 1.5;
const lane = { top: 84, height: 34 };
const handles = { start: 'M-1,-17 H5 V-12 H3 V12 H5 V17 H-1 Z', peak: 'M-6,-17 H6 L0,-8 Z M-1,-9 H1 V17 H-1 Z', end: 'M1,-17 H-5 V-12 H-3 V12 H-5 V17 H1 Z' };

function freshEdits() {
  return data.clips.map((one) => ({
    swapped: false,
    repetitions: one.repetitions.map((found, id) => ({ ...found, id, old: { ...found }, removed: false })),
  }));
}

const edited = () => edits.clips[page.clip];
const byPeak = (a, b) => a.peak - b.peak;
const shownRepetitions = () => edited().repetitions.filter((one) => !one.removed).sort(byPeak);
const numberOf = (one) => 1 + shownRepetitions().findIndex((each) => each.id === one.id);
const sideOf = (one) => (one.side && edited().swapped ? other(one.side) : one.side);
const other = (side) => (side === 'left' ? 'right' : 'left');
/** Return a time within a repetition as it was, by which it is found. */
const middleOf = ({ old }) => Number(((old.start + old.end) / 2).toFixed(4));
const isMoved = (one) => one.old !== null && parts.some((part) => !sameTime(one[part], one.old[part]));

/** Return the words for a repetition, for those who hear them. */
function nameOf(one) {
  const number = `repetition ${numberOf(one)}`;
  return capital(clip().bothSides && one.side ? `${sideOf(one)} ${number}` : number);
}

/** Return the earliest and the latest time of a part: in order, and clear of the neighbours of the same side. */
function limits(one, part) {
  const same = shownRepetitions().filter((each) => each.id !== one.id && each.side === one.side);
  const before = Math.max(0, ...same.filter((each) => each.peak < one.peak).map((each) => each.end));
  const after = Math.min(clip().duration, ...same.filter((each) => each.peak > one.peak).map((each) => each.start));
  const hasPeak = clip().parts.includes('peak');
  if (part === 'start') return [before, (hasPeak ? one.peak : one.end) - apart];
  if (part === 'end') return [(hasPeak ? one.peak : one.start) + apart, after];
  return [one.start + apart, one.end - apart];
}

/** Move a part of a repetition, as far as it may go; return where it is then. */
function setPart(id, part, time) {
  const one = edited().repetitions.find((each) => each.id === id);
  const [low, high] = limits(one, part);
  one[part] = Number(clamp(time, low, high).toFixed(4));
  changed();
  return one[part];
}

function moveByFrames(one, part, frames) {
  const times = clip().frameTimes;
  const time = times[clamp(nearest(times, one[part]) + frames, 0, times.length - 1)];
  remember();
  seek(setPart(one.id, part, time));
  announce(`${nameOf(one)}, ${partWords[part]} at ${shown(page.time, 2)} s.`);
}

function addRepetition(side) {
  const time = page.time;
  const found = side ? sideOf({ side }) : clip().side;
  const same = shownRepetitions().filter((one) => one.side === found);
  const inside = same.find((one) => one.start <= time && time <= one.end);
  if (inside) return announce(`${nameOf(inside)} is at ${shown(time, 2)} s already: move it.`);
  const lengths = same.map((one) => one.end - one.start).sort((a, b) => a - b);
  const half = (lengths[lengths.length >> 1] ?? usualLength) / 2;
  const before = Math.max(0, ...same.filter((one) => one.end < time).map((one) => one.end));
  const after = Math.min(clip().duration, ...same.filter((one) => one.start > time).map((one) => one.start));
  if (Math.min(time - before, after - time) < apart) return announce('There is no room for a repetition here.');
  const id = Math.max(-1, ...edited().repetitions.map((one) => one.id)) + 1;
  const [start, end] = [Math.max(before, time - half), Math.min(after, time + half)];
  remember();
  edited().repetitions.push({ id, start, peak: time, end, side: found, old: null, removed: false });
  changed();
  return announce(`Repetition added at ${shown(time, 2)} s.`);
}

function removeRepetition(id) {
  const one = edited().repetitions.find((each) => each.id === id);
  remember();
  const words = `${nameOf(one)} removed.`;
  one.removed = true;
  changed();
  announce(words);
}

function swapSides() {
  remember();
  edited().swapped = !edited().swapped;
  changed();
  announce(`Left and right ${edited().swapped ? 'swapped' : 'as detected'}.`);
}

/** Return what was changed of a video since the page was made: removed, then moved, then added, then the sides. */
function changesOf(index) {
  const { repetitions, swapped } = edits.clips[index];
  const removed = repetitions.filter((one) => one.removed && one.old);
  const there = repetitions.filter((one) => !one.removed);
  const moved = inOrder(there.filter(isMoved)).map((one) => ({
    change: 'move',
    at_s: middleOf(one),
    ...Object.fromEntries(parts.filter((p) => !sameTime(one[p], one.old[p])).map((p) => [`${p}_s`, one[p]])),
  }));
  const added = there.filter((one) => !one.old).map(({ start, peak, end, side }) => ({
    change: 'add',
    start_s: start,
    peak_s: peak,
    end_s: end,
    ...(data.clips[index].bothSides && side ? { side: swapped ? other(side) : side } : {}),
  }));
  return [
    ...removed.map((one) => ({ change: 'remove', at_s: middleOf(one) })),
    ...moved,
    ...added,
    ...(swapped ? [{ change: 'swap_sides' }] : []),
  ];
}

/** Order moves so that none goes where another one, that is found by its middle, still is. */
function inOrder(moved) {
  const left = [...moved];
  const done = [];
  while (left.length) {
    const free = left.findIndex((one) => left.every((o) => o === one || middleOf(o) < one.start || middleOf(o) > one.end));
    done.push(...left.splice(Math.max(free, 0), 1));
  }
  return done;
}

const allChanges = () => data.clips.map((_, index) => changesOf(index));

/** Return the file that `gaitlab analyze --events-file` takes: earlier changes first, then those of this page. */
function correctionsFile() {
  const repetitions = data.clips.flatMap((one, index) => {
    const turned = ({ side, ...change }) => ({ ...change, ...(side ? { side: edits.clips[index].swapped ? other(side) : side } : {}) });
    return [...one.changes.map(turned), ...changesOf(index)].map((change) => ({ video: one.stem, ...change }));
  });
  return { format: 'gaitlab corrections', version: 1, videos: [], repetitions };
}

function changeWords(change) {
  const at = `${shown(change.at_s ?? change.peak_s, 2)} s`;
  const moved = parts.filter((p) => change[`${p}_s`] !== undefined).map((p) => `${partWords[p]} to ${shown(change[`${p}_s`], 2)} s`);
  return {
    move: `Repetition at ${at}: ${moved.join(', ')}`,
    add: `Repetition added at ${at}${change.side ? `, ${change.side}` : ''}`,
    remove: `Repetition at ${at} removed`,
    swap_sides: 'Left and right swapped',
  }[change.change];
}

/** Draw a repetition as a bar with a handle at its start, peak and end. */
function repetitionParts(one) {
  if (!inTrack(one.start, one.end)) return [];
  const [x0, x1] = [clamp(trackX(one.start), gutter, track.width), clamp(trackX(one.end), gutter, track.width - 8)];
  const words = `${nameOf(one)}, ${shown(one.start, 2)} to ${shown(one.end, 2)} s`;
  const bar = makeSvg(
    'g',
    { class: `repetition${one.old ? '' : ' edited'}`, 'data-side': sideOf(one) },
    makeSvg('title', {}, words),
    makeSvg('rect', { x: x0, y: lane.top, width: Math.max(x1 - x0, 2), height: lane.height, rx: 3 }),
    makeSvg('text', { x: x0 + 9, y: lane.top + 22 }, String(numberOf(one))),
  );
  bar.addEventListener('click', () => show(page.clip, one.peak));
  return [bar, ...(page.correcting && correctable() ? clip().parts.flatMap((part) => handle(one, part)) : [])];
}

function handle(one, part) {
  const time = one[part];
  if (!inTrack(time, time)) return [];
  const [low, high] = limits(one, part);
  const moved = one.old === null || !sameTime(time, one.old[part]);
  const mark = makeSvg(
    'g',
    {
      class: `mark handle${moved ? ' edited' : ''}`,
      id: `handle-${one.id}-${part}`,
      'data-side': sideOf(one),
      'data-time': time,
      tabindex: 0,
      role: 'slider',
      'aria-label': `${nameOf(one)}, ${partWords[part]}`,
      'aria-valuemin': low,
      'aria-valuemax': high,
      'aria-valuenow': time,
      'aria-valuetext': `${shown(time, 2)} s`,
      transform: `translate(${trackX(time)},${lane.top + lane.height / 2})`,
    },
    makeSvg('title', {}, `${nameOf(one)}, ${partWords[part]} at ${shown(time, 2)} s`),
    makeSvg('path', { d: handles[part] }),
    makeSvg('rect', { class: 'hit', x: -9, y: -22, width: 18, height: 44 }),
  );
  mark.addEventListener('pointerdown', (pointer) => grab(pointer, one, part));
  mark.addEventListener('keydown', (key) => handleKey(key, one, part));
  return [mark];
}

function handleKey(key, one, part) {
  const frames = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[key.key];
  if (frames) moveByFrames(one, part, frames * (key.shiftKey ? 10 : 1));
  else if (['Delete', 'Backspace'].includes(key.key) && countable()) removeRepetition(one.id);
  else if ([' ', 'Enter'].includes(key.key)) show(page.clip, one[part]);
  else return;
  key.preventDefault();
}

function grab(pointer, one, part) {
  byId(`handle-${one.id}-${part}`)?.focus({ preventScroll: true });
  pointer.preventDefault();
  track.dragged = { id: one.id, part, moved: false, grip: pointer.clientX - clientX(one[part]) };
  track.svg.setPointerCapture(pointer.pointerId);
}

function drag(pointer) {
  const { dragged } = track;
  if (!dragged) return;
  const x = pointer.clientX - dragged.grip - track.svg.getBoundingClientRect().left;
  const times = clip().frameTimes;
  const time = times[nearest(times, clamp(trackTime(x), track.from, track.to))];
  if (!dragged.moved) remember();
  dragged.moved = true;
  seek(setPart(dragged.id, dragged.part, time));
}

function drop() {
  const { dragged } = track;
  track.dragged = null;
  if (!dragged?.moved) return;
  const one = edited().repetitions.find((each) => each.id === dragged.id);
  announce(`${nameOf(one)}, ${partWords[dragged.part]} at ${shown(one[dragged.part], 2)} s.`);
}

/** Write a row with the times of each repetition, to be typed. */
function writeTimes() {
  const focused = document.activeElement?.id ?? '';
  const rows = shownRepetitions().map((one) => {
    const cells = parts.map((part) => {
      const [low, high] = limits(one, part);
      const name = `${nameOf(one)}, ${partWords[part]}, seconds`;
      const number = { type: 'number', step: 0.01, min: low.toFixed(2), max: high.toFixed(2), value: one[part].toFixed(2) };
      const input = make('input', { ...number, id: `typed-${one.id}-${part}`, 'aria-label': name });
      input.disabled = !clip().parts.includes(part);
      input.addEventListener('change', () => typed(one, part, input));
      return make('td', { 'data-label': capital(partWords[part]) }, input);
    });
    const remove = make('button', { type: 'button', id: `remove-${one.id}`, 'aria-label': `Remove ${nameOf(one)}` }, 'Remove');
    remove.disabled = !countable();
    remove.addEventListener('click', () => removeRepetition(one.id));
    return make('tr', {}, make('th', { scope: 'row' }, nameOf(one)), ...cells, make('td', {}, remove));
  });
  byId('times').replaceChildren(...rows);
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

function typed(one, part, input) {
  const time = Number(input.value);
  if (input.value === '' || !Number.isFinite(time)) return writeTimes();
  remember();
  return seek(setPart(one.id, part, time));
}

function writeChanges() {
  const lines = allChanges().flatMap((changes, index) => {
    const which = data.clips.length > 1 ? `${data.clips[index].title}: ` : '';
    return changes.map((change) => make('li', {}, which + changeWords(change)));
  });
  byId('changes').replaceChildren(...lines);
  byId('no-changes').hidden = lines.length > 0;
  byId('save').disabled = lines.length === 0;
  byId('undo').disabled = edits.past.length === 0;
  byId('redo').disabled = edits.future.length === 0;
  byId('swap').setAttribute('aria-pressed', String(edited().swapped));
  byId('how-to-correct').hidden = !correctable();
  byId('how-to-remove').hidden = !countable();
  byId('not-correctable').hidden = correctable();
  for (const button of document.querySelectorAll('[data-add]')) {
    button.hidden = !countable() || clip().bothSides !== (button.dataset.add !== '');
  }
  warnOfPending(lines.length);
  writeTimes();
}

/** Say which repetition it is at the cursor. */
function writeNow() {
  const current = shownRepetitions().find((one) => one.start <= page.time && page.time <= one.end);
  const count = shownRepetitions().length;
  byId('values').textContent = current ? `${nameOf(current)} of ${count}` : '';
  byId('moment').textContent = `${shown(page.time, 3)} s · frame ${page.frame + 1} of ${clip().frameTimes.length}`;
}

/** Put the video and the time axis into the panel of the test that they are of. */
function placeEditor() {
  for (const place of document.querySelectorAll('[data-film]')) {
    const here = Number(place.dataset.film) === page.clip;
    place.querySelector('button').hidden = here;
    if (here && byId('editor').parentElement !== place) place.append(byId('editor'));
  }
}

function setCorrecting(correcting) {
  page.correcting = correcting;
  byId('correct').setAttribute('aria-pressed', String(correcting));
  byId('correct').textContent = correcting ? 'Stop correcting' : 'Correct repetitions';
  byId('correcting').hidden = !correcting;
  document.body.classList.toggle('correcting', correcting);
  emit('mode');
}

function startRepetitions() {
  startEdits();
  byId('correct').addEventListener('click', () => setCorrecting(!page.correcting));
  byId('swap').addEventListener('click', swapSides);
  byId('save').addEventListener('click', () => saveFile(`${data.clips[0].stem}-corrections.json`, correctionsFile(), data.videos));
  for (const button of document.querySelectorAll('[data-add]')) {
    button.addEventListener('click', () => addRepetition(button.dataset.add));
  }
  for (const place of document.querySelectorAll('[data-film]')) {
    place.querySelector('button').addEventListener('click', () => {
      chooseClip(Number(place.dataset.film));
      byId('play').focus({ preventScroll: true });
    });
  }
  on('clip', placeEditor);
  on('time', writeNow);
  for (const what of ['edit', 'mode', 'clip']) on(what, writeChanges);
  startTimeline(() => shownRepetitions().flatMap(repetitionParts), { height: 148, traceHeight: 74, span: 15 }, { drag, drop });
}

/* The time track below the video: events as marks on two lanes, strides as bars, an angle behind them, the cursor. */

const lanes = { left: { marks: 82, bar: 102 }, right: { marks: 148, bar: 168 } };
const barHeight = 22;
const traceHeight = 56;
const trackHeight = 216;
const gutter = 30;
const shapes = { heel_strike: 'M-6.5,-6 L6.5,-6 L0,6.5 Z', toe_off: 'M-6,6 L6,6 L0,-6.5 Z' };
const track = { svg: null, width: 600, from: 0, to: 1, zoom: 0, dragged: null };

/** Return the words for an event, for those who hear them. */
function eventLabel(event) {
  const margin = event.uncertainty === null ? 'placed manually' : `± ${shown(1000 * event.uncertainty, 0)} ms`;
  return `${capital(event.side)} ${eventWords[event.event]} at ${shown(event.time, 3)} s, ${margin}`;
}

const trackX = (t) => gutter + ((track.width - gutter - 8) * (t - track.from)) / (track.to - track.from);
const trackTime = (x) => track.from + ((x - gutter) / (track.width - gutter - 8)) * (track.to - track.from);
const inTrack = (a, b) => b >= track.from && a <= track.to;

/** Choose the part of the clip that is shown: all of it, or less around the cursor. */
function setWindow() {
  const length = Math.max(clip().duration / 2 ** track.zoom, 0.5);
  const from = clamp(page.time - length / 2, 0, Math.max(0, clip().duration - length));
  [track.from, track.to] = [from, from + length];
}

function drawTrack() {
  track.width = Math.max(track.svg.clientWidth, 280);
  track.svg.setAttribute('viewBox', `0 0 ${track.width} ${trackHeight}`);
  const focused = track.svg.contains(document.activeElement) ? document.activeElement.id : '';
  track.svg.replaceChildren(
    ...traceParts(),
    ...axisParts(),
    ...sides.map(laneLabel),
    ...clip().strides.map(strideBar),
    ...editedEvents().flatMap(eventParts),
    makeSvg('line', { class: 'now-line', id: 'now-line', y1: 4, y2: trackHeight - 20 }),
  );
  moveTrackCursor();
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

function moveTrackCursor() {
  if (!track.dragged && page.time !== clamp(page.time, track.from, track.to)) {
    setWindow();
    drawTrack();
    return;
  }
  for (const end of ['x1', 'x2']) byId('now-line')?.setAttribute(end, trackX(page.time));
}

/** Draw the angle over time, as far as it is known. */
function traceParts() {
  const trace = clip().trace;
  if (!trace) return [];
  const curves = ['left', 'right', 'both'].filter((side) => trace[side]).map((side) => [side, trace[side]]);
  const values = curves.flatMap(([, curve]) => curve).filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const y = (value) => 17 + ((traceHeight - 16) * (high - value)) / (high - low || 1);
  const lines = curves.map(([side, curve]) =>
    makeSvg('path', { class: 'trace', 'data-side': side, d: pathOf(trace.times, curve, y) }),
  );
  const zero = makeSvg('line', { class: 'zero', x1: gutter, x2: track.width - 8, y1: y(0), y2: y(0) });
  return [zero, ...lines, makeSvg('text', { class: 'trace-label', x: gutter + 2, y: 10 }, `${trace.label}, °`)];
}

function pathOf(times, curve, y) {
  let pen = 'M';
  let path = '';
  times.forEach((t, i) => {
    if (curve[i] === null || t < track.from || t > track.to) pen = 'M';
    else {
      path += `${pen}${trackX(t).toFixed(1)},${y(curve[i]).toFixed(1)}`;
      pen = 'L';
    }
  });
  return path;
}

function axisParts() {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];
  const each = steps.find((s) => (s * (track.width - gutter)) / (track.to - track.from) > 52) ?? 60;
  const parts = [];
  for (let t = Math.ceil(track.from / each) * each; t <= track.to + 1e-9; t += each) {
    const x = trackX(t);
    parts.push(makeSvg('line', { class: 'tick', x1: x, x2: x, y1: traceHeight + 6, y2: trackHeight - 20 }));
    parts.push(makeSvg('text', { class: 'tick-label', x, y: trackHeight - 6 }, `${shown(t, each < 1 ? 1 : 0)} s`));
  }
  return parts;
}

function laneLabel(side) {
  return makeSvg('text', { class: 'lane', x: 4, y: lanes[side].marks + 5, fill: colours[side] }, side[0].toUpperCase());
}

/** Draw a stride as a bar that can be left out. */
function strideBar(stride) {
  const events = editedEvents();
  const { used, side } = edits.clips[page.clip].strides.find((s) => s.number === stride.number);
  const start = currentTime(events, side, stride.start);
  const end = currentTime(events, side, stride.end);
  if (start === null || end === null || end <= start || !inTrack(start, end)) return makeSvg('g');
  const [x0, x1] = [clamp(trackX(start), gutter, track.width), clamp(trackX(end), gutter, track.width - 8)];
  const reason = used ? 'used' : `excluded${isByHand(stride) ? ' manually' : `: ${stride.reason}`}`;
  const words = `${capital(side)} stride, ${shown(start, 2)} to ${shown(end, 2)} s, ${reason}`;
  const box = { x: x0 + 1, width: Math.max(x1 - x0 - 2, 2), y: lanes[side].bar, rx: 3 };
  const bar = makeSvg(
    'g',
    {
      class: `stride ${used ? 'used' : 'left-out'}`,
      id: `stride-${stride.number}`,
      'data-side': side,
      tabindex: 0,
      role: 'button',
      'aria-label': words,
    },
    makeSvg('title', {}, words),
    makeSvg('rect', { ...box, height: barHeight }),
    makeSvg('rect', { ...box, class: 'hit', y: box.y - 2, height: barHeight + 16 }),
    makeSvg('text', { x: (x0 + x1) / 2, y: box.y + 15 }, used ? 'stride' : 'excluded'),
  );
  const act = () => (page.correcting ? toggleStride(stride.number) : show(page.clip, start));
  bar.addEventListener('click', act);
  bar.addEventListener('keydown', (event) => [' ', 'Enter'].includes(event.key) && (event.preventDefault(), act()));
  return bar;
}

/** Draw an event, and where it was if it was moved. */
function eventParts(event) {
  const y = lanes[event.side].marks;
  const parts = [];
  if (event.old !== null && !sameTime(event.old, event.time) && inTrack(event.old, event.old)) {
    const place = { transform: `translate(${trackX(event.old)},${y})` };
    parts.push(makeSvg('path', { class: 'ghost', d: shapes[event.event], ...place }));
  }
  if (event.time === null || !inTrack(event.time, event.time)) return parts;
  const half = event.uncertainty ? trackX(event.uncertainty) - trackX(0) : 0;
  const selected = page.selected === event.id;
  const mark = makeSvg(
    'g',
    {
      class: `mark ${event.event}${selected ? ' selected' : ''}${sameTime(event.old, event.time) ? '' : ' edited'}`,
      id: `event-${event.id}`,
      'data-side': event.side,
      'data-time': event.time,
      tabindex: 0,
      role: 'button',
      'aria-pressed': String(selected),
      'aria-label': eventLabel(event),
      transform: `translate(${trackX(event.time)},${y})`,
    },
    makeSvg('title', {}, eventLabel(event)),
    makeSvg('circle', { class: 'halo', r: 12 }),
    makeSvg('line', { class: 'margin', x1: -half, x2: half }),
    makeSvg('path', { d: shapes[event.event] }),
    makeSvg('rect', { class: 'hit', x: -13, y: -20, width: 26, height: 40 }),
  );
  mark.addEventListener('pointerdown', (pointer) => grab(pointer, event));
  mark.addEventListener('keydown', (key) => markKey(key, event));
  return [...parts, mark];
}

function select(event) {
  page.selected = event.id;
  show(page.clip, event.time);
  drawTrack();
  emit('select');
}

function markKey(key, event) {
  const frames = { ArrowLeft: -1, ArrowRight: 1 }[key.key];
  if ([' ', 'Enter'].includes(key.key)) select(event);
  else if (page.correcting && frames) moveByFrames(event.id, frames * (key.shiftKey ? 10 : 1));
  else if (page.correcting && ['Delete', 'Backspace'].includes(key.key)) removeEvent(event.id);
  else return;
  key.preventDefault();
}

/** Begin to drag a mark. */
function grab(pointer, event) {
  select(event);
  byId(`event-${event.id}`)?.focus({ preventScroll: true });
  pointer.preventDefault();
  if (!page.correcting) return;
  track.dragged = { id: event.id, moved: false, grip: pointer.clientX - clientX(event.time) };
  track.svg.setPointerCapture(pointer.pointerId);
}

const clientX = (t) => track.svg.getBoundingClientRect().left + trackX(t);

function drag(pointer) {
  const dragged = track.dragged;
  if (!dragged) return;
  const x = pointer.clientX - dragged.grip - track.svg.getBoundingClientRect().left;
  const times = clip().frameTimes;
  const time = times[nearest(times, clamp(trackTime(x), track.from, track.to))];
  const event = editedEvents().find((e) => e.id === dragged.id);
  if (!dragged.moved && Math.abs(trackX(time) - trackX(event.time)) < 3 && Math.abs(time - event.time) < 0.02) return;
  if (!dragged.moved) remember();
  dragged.moved = true;
  if (time === event.time) return;
  setEvent(dragged.id, time);
  seek(time);
}

function drop() {
  const dragged = track.dragged;
  track.dragged = null;
  if (dragged?.moved) announce(`${eventLabel(editedEvents().find((e) => e.id === dragged.id))}.`);
}

/** Move the cursor with a press on free ground. */
function pressTrack(pointer) {
  if (pointer.target.closest('.mark, .stride')) return;
  const x = pointer.clientX - track.svg.getBoundingClientRect().left;
  if (x >= gutter) show(page.clip, clamp(trackTime(x), track.from, track.to));
}

function zoomTrack(by) {
  track.zoom = clamp(track.zoom + by, 0, Math.max(0, Math.ceil(Math.log2(clip().duration / 1.5))));
  setWindow();
  drawTrack();
  byId('zoom-out').disabled = track.zoom === 0;
}

function startTrack() {
  track.svg = byId('track');
  track.svg.addEventListener('pointermove', drag);
  track.svg.addEventListener('pointerup', drop);
  track.svg.addEventListener('pointercancel', drop);
  track.svg.addEventListener('pointerdown', pressTrack);
  byId('zoom-in').addEventListener('click', () => zoomTrack(1));
  byId('zoom-out').addEventListener('click', () => zoomTrack(-1));
  new ResizeObserver(drawTrack).observe(track.svg);
  on('time', moveTrackCursor);
  on('clip', () => zoomTrack(-track.zoom + startZoom()));
  for (const what of ['edit', 'mode']) on(what, drawTrack);
}

/** Return how far to zoom in so that marks are far enough apart to be distinguished and touched. */
const startZoom = () => Math.max(0, Math.round(Math.log2(clip().duration / 6)));

/* What stands on the time axis of a walk: events as marks on two lanes, strides as bars. */

const lanes = { left: { marks: 82, bar: 102 }, right: { marks: 148, bar: 168 } };
const barHeight = 22;
const shapes = { heel_strike: 'M-6.5,-6 L6.5,-6 L0,6.5 Z', toe_off: 'M-6,6 L6,6 L0,-6.5 Z' };

/** Return the words for an event, for those who hear them. */
function eventLabel(event) {
  const margin = event.uncertainty === null ? 'placed manually' : `± ${shown(1000 * event.uncertainty, 0)} ms`;
  return `${capital(event.side)} ${eventWords[event.event]} at ${shown(event.time, 3)} s, ${margin}`;
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

function startTrack() {
  const parts = () => [
    ...sides.map(laneLabel),
    ...clip().strides.map(strideBar),
    ...editedEvents().flatMap(eventParts),
  ];
  startTimeline(parts, { height: 216, traceHeight: 56 }, { drag, drop });
}

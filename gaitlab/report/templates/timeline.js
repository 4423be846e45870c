/* The time axis below the video: a curve over time, the cursor, and the part of the video that is shown.
 *
 * A page says what stands on it: track.parts(). */

const gutter = 30;
const track = { svg: null, width: 600, height: 216, traceHeight: 56, from: 0, to: 1, zoom: 0, span: 6, dragged: null, parts: () => [] };

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
  track.svg.setAttribute('viewBox', `0 0 ${track.width} ${track.height}`);
  const focused = track.svg.contains(document.activeElement) ? document.activeElement.id : '';
  track.svg.replaceChildren(
    ...traceParts(),
    ...axisParts(),
    ...track.parts(),
    makeSvg('line', { class: 'now-line', id: 'now-line', y1: 4, y2: track.height - 20 }),
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
  const y = (value) => 17 + ((track.traceHeight - 16) * (high - value)) / (high - low || 1);
  const lines = curves.map(([side, curve]) =>
    makeSvg('path', { class: 'trace', 'data-side': side, d: pathOf(trace.times, curve, y) }),
  );
  const zero = makeSvg('line', { class: 'zero', x1: gutter, x2: track.width - 8, y1: y(0), y2: y(0) });
  return [zero, ...lines, makeSvg('text', { class: 'trace-label', x: gutter + 2, y: 10 }, trace.label)];
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
    parts.push(makeSvg('line', { class: 'tick', x1: x, x2: x, y1: track.traceHeight + 6, y2: track.height - 20 }));
    parts.push(makeSvg('text', { class: 'tick-label', x, y: track.height - 6 }, `${shown(t, each < 1 ? 1 : 0)} s`));
  }
  return parts;
}

const clientX = (t) => track.svg.getBoundingClientRect().left + trackX(t);

/** Move the cursor with a press on free ground. */
function pressTrack(pointer) {
  if (pointer.target.closest('.mark, .stride, .repetition')) return;
  const x = pointer.clientX - track.svg.getBoundingClientRect().left;
  if (x >= gutter) show(page.clip, clamp(trackTime(x), track.from, track.to));
}

function zoomTrack(by) {
  track.zoom = clamp(track.zoom + by, 0, Math.max(0, Math.ceil(Math.log2(clip().duration / 1.5))));
  setWindow();
  drawTrack();
  byId('zoom-out').disabled = track.zoom === 0;
}

/** Put the axis into the page; parts are drawn on it, and what is pressed on them is moved. */
function startTimeline(parts, sizes, { drag, drop }) {
  Object.assign(track, { svg: byId('track'), parts, ...sizes });
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
const startZoom = () => Math.max(0, Math.round(Math.log2(clip().duration / track.span)));

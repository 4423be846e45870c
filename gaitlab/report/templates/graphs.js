/* The graphs: a cursor that runs with the video, values under the pointer, and clicks that move the video. */

/** Return the axes of a drawing in the units of its image. */
function axesOf(drawing) {
  const { width, height } = drawing.viewBox.baseVal;
  return JSON.parse(drawing.dataset.axes).map((place) => ({
    ...place,
    left: place.left * width,
    top: place.top * height,
    width: place.width * width,
    height: place.height * height,
  }));
}

const xOf = (axes, x) => axes.left + (axes.width * (x - axes.x[0])) / (axes.x[1] - axes.x[0]);
const yOf = (axes, y) => axes.top + (axes.height * (axes.y[1] - y)) / (axes.y[1] - axes.y[0]);

/** Return the axes under the pointer with the data values there; undefined outside. */
function pointed(drawing, axesList, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  const axes = axesList.find(
    (a) => a.left <= at.x && at.x <= a.left + a.width && a.top <= at.y && at.y <= a.top + a.height,
  );
  if (!axes) return undefined;
  const x = axes.x[0] + ((at.x - axes.left) / axes.width) * (axes.x[1] - axes.x[0]);
  const y = axes.y[1] - ((at.y - axes.top) / axes.height) * (axes.y[1] - axes.y[0]);
  return { axes, x, y };
}

/** Return the side whose mean curve is nearer to a value at a percentage. */
function nearerSide(measure, percent, value) {
  const distance = (side) => Math.abs((valueAt(measure[side], percent) ?? Infinity) - value);
  const visible = sides.filter((side) => !document.body.classList.contains(`hide-${side}`));
  const [first, second] = visible.length ? visible : sides;
  return second && distance(second) < distance(first) ? second : first;
}

/** Make a graph over the gait cycle follow the video and be clicked. */
function linkCycleGraph(drawing) {
  const axesList = axesOf(drawing);
  const name = drawing.dataset.name;
  const measure = data.measures[name];
  const axes = axesList.find((a) => a.name === 'curves');
  const cursor = makeSvg('g', { class: 'cursor', 'aria-hidden': 'true' });
  const hover = makeSvg('line', { class: 'hover', y1: axes.top, y2: axes.top + axes.height, visibility: 'hidden' });
  const marks = Object.fromEntries(sides.map((side) => [side, makeMarks(axes, side)]));
  cursor.append(hover, ...sides.flatMap((side) => Object.values(marks[side])));
  drawing.append(cursor);
  on('time', () => sides.forEach((side) => moveMarks(marks[side], axes, measure, side)));
  on('time', () => boldStrides(drawing, name));

  drawing.addEventListener('click', (event) => {
    const at = pointed(drawing, axesList, event);
    if (at?.axes.name === 'curves') showPercent(nearerSide(measure, at.x, at.y), at.x, measure);
    if (at?.axes.name === 'strip') showPhaseAt(at.y < 1 ? 'left' : 'right', at.x, measure);
  });
  drawing.addEventListener('pointermove', (event) => {
    const at = pointed(drawing, axesList, event);
    hover.setAttribute('visibility', at?.axes.name === 'curves' ? 'visible' : 'hidden');
    drawing.classList.toggle('clickable', Boolean(at));
    if (at?.axes.name !== 'curves') return hideTip();
    for (const end of ['x1', 'x2']) hover.setAttribute(end, xOf(axes, at.x));
    showTip(event, tipLines(measure, at.x));
  });
  drawing.addEventListener('pointerleave', () => (hover.setAttribute('visibility', 'hidden'), hideTip()));
}

function makeMarks(axes, side) {
  const colour = colours[side];
  const dash = side === 'right' ? '5 3' : null;
  const line = { y1: axes.top, y2: axes.top + axes.height, stroke: colour, 'stroke-dasharray': dash };
  return {
    line: makeSvg('line', { ...line, 'stroke-width': 1.4, id: null, 'data-side': side }),
    dot: makeSvg('circle', { r: 3.4, fill: '#fff', stroke: colour, 'stroke-width': 1.8, 'data-side': side }),
  };
}

/** Return whether the clip shown gives a measure: of several videos each gives those of its view. */
const isGiven = (measure) => clip().strides.some((stride) => stride.number in measure.strides);

function moveMarks({ line, dot }, axes, measure, side) {
  const stride = isGiven(measure) ? strideAt(clip().strides, side, page.time) : undefined;
  line.style.display = stride ? '' : 'none';
  const percent = stride ? percentOf(stride, page.time) : 0;
  const value = stride ? (valueAt(measure.strides[stride.number], percent) ?? null) : null;
  dot.style.display = value === null ? 'none' : '';
  for (const end of ['x1', 'x2']) line.setAttribute(end, xOf(axes, percent));
  line.dataset.percent = percent.toFixed(2);
  dot.setAttribute('cx', xOf(axes, percent));
  dot.setAttribute('cy', yOf(axes, value ?? 0));
}

/** Draw the thin line of the stride that the video shows bolder. */
function boldStrides(drawing, name) {
  for (const bold of drawing.querySelectorAll('.now')) bold.classList.remove('now');
  for (const side of sides) {
    const stride = strideAt(clip().strides, side, page.time);
    if (stride) drawing.querySelector(`#${name}-${side}-stride-${stride.number}`)?.classList.add('now');
  }
}

/** Show a percentage of the gait cycle of a side in the video, in a stride that has a measure. */
function showPercent(side, percent, measure) {
  const [index, stride] = strideAnywhere(measure, (strides) => usedStride(strides, side, page.time));
  if (stride) show(index, timeOf(stride, clamp(percent, 0, 99.9)));
}

function showPhaseAt(side, percent, measure) {
  const block = (measure ?? data).phases[side].find(([, start, end]) => start <= percent && percent <= end);
  if (block?.[0]) showPhase(side, block[0], measure);
  else showPercent(side, percent, measure);
}

/** Show the middle of a phase of a side in the video. */
function showPhase(side, phase, measure) {
  const [index, time] = strideAnywhere(measure, (strides) => phaseTime(strides, side, phase, page.time));
  if (time !== null) show(index, time);
}

/** Search the strides that have a measure: of the clip shown, then of the others. */
function strideAnywhere(measure, find) {
  for (const index of [page.clip, ...data.clips.keys()]) {
    const found = find(data.clips[index].strides.filter((s) => !measure || s.number in measure.strides));
    if (found !== null && found !== undefined) return [index, found];
  }
  return [page.clip, null];
}

/** Show the values of the curves at a percentage: mean of each side, and the reference with its SD. */
function tipLines(measure, percent) {
  const value = (curve) => shown(valueAt(curve, percent));
  const lines = sides.filter((side) => measure[side]).map((side) => `${capital(side)} ${value(measure[side])}°`);
  if (measure.reference) lines.push(`Reference ${value(measure.reference)}° ± ${value(measure.referenceSd)}° (1 SD)`);
  return [`${Math.round(percent)} % of the cycle`, ...lines];
}

function showTip(event, lines) {
  const tooltip = byId('tooltip');
  tooltip.replaceChildren(...lines.map((line) => make('div', {}, line)));
  tooltip.hidden = false;
  const fits = event.clientX + 16 + tooltip.offsetWidth < innerWidth;
  const left = fits ? event.clientX + 16 : event.clientX - tooltip.offsetWidth - 12;
  tooltip.style.left = `${Math.max(4, left)}px`;
  const top = event.clientY - tooltip.offsetHeight - 8;
  tooltip.style.top = `${clamp(top, 4, innerHeight - tooltip.offsetHeight - 4)}px`;
}
function hideTip() {
  byId('tooltip').hidden = true;
}

/** Make the map of deviations and the figure of the events move the video. */
function linkOtherFigures() {
  const names = Object.keys(data.phaseLabels);
  for (const drawing of document.querySelectorAll('[data-name=deviation_map], [data-name=events]')) {
    const axesList = axesOf(drawing);
    const isMap = drawing.dataset.name === 'deviation_map';
    drawing.addEventListener('click', (event) => {
      const at = pointed(drawing, axesList, event);
      if (at && isMap) showPhase(at.axes.name, names[clamp(Math.floor(at.x), 0, names.length - 1)]);
      else if (at) show(page.clip, at.x);
    });
    drawing.addEventListener('pointermove', (event) => {
      drawing.classList.toggle('clickable', Boolean(pointed(drawing, axesList, event)));
    });
  }
}

/** Make the cells of a side in the phase tables buttons that show the phase. */
function linkPhaseTables() {
  const names = Object.keys(data.phaseLabels);
  const measures = Object.values(data.measures);
  document.querySelectorAll('table.phases').forEach((table, number) => {
    [...table.tBodies[0].rows].forEach((row, index) => {
      const half = (row.cells.length - 1) / 2;
      sides.forEach((side, group) => {
        const cells = [...row.cells].slice(1 + group * half, 1 + (group + 1) * half);
        if (!measures[number].determined[side].includes(names[index])) return;
        const go = () => showPhase(side, names[index], measures[number]);
        const words = `Show ${data.phaseLabels[names[index]].toLowerCase()}, ${side} side, in the video`;
        linkCell(cells[0], words, go);
        for (const cell of cells.slice(1)) cell.addEventListener('click', go);
      });
    });
  });
}

/** Make the times of the events table buttons that show the event. */
function linkEventTable() {
  const rows = document.querySelector('table.events')?.tBodies[0].rows ?? [];
  data.eventRows.forEach(([index, time], row) => {
    const go = () => show(index, time);
    const [cell, side, event] = rows[row].cells;
    linkCell(cell, `Show ${side.textContent} ${event.textContent} in the video`, go);
  });
}

function linkCell(cell, words, go) {
  const button = make('button', { type: 'button', class: 'seek', title: words });
  button.append(...cell.childNodes, make('span', { class: 'hidden' }, `. ${words}`));
  button.addEventListener('click', go);
  cell.replaceChildren(button);
}

/** Write the values at the cursor below the video. */
function writeValues() {
  const strides = Object.fromEntries(sides.map((side) => [side, strideAt(clip().strides, side, page.time)]));
  const frames = clip().frameTimes.length;
  byId('moment').textContent = `${shown(page.time, 3)} s · frame ${page.frame + 1} of ${frames}`;
  for (const side of sides) {
    const stride = strides[side];
    const phase = stride && phaseAt(stride, page.time);
    const name = phase ? data.phaseLabels[phase].toLowerCase() : 'phase n.d.';
    byId(`phase-${side}`).textContent = stride ? `${Math.round(percentOf(stride, page.time))} %, ${name}` : 'no stride';
    for (const [name, measure] of Object.entries(data.measures)) {
      const curve = stride && measure.strides[stride.number];
      const value = curve ? valueAt(curve, percentOf(stride, page.time)) : null;
      byId(`now-${name}-${side}`).textContent = angleWords(measure, value);
    }
  }
}

/** Show among the values those that the clip shown gives. */
function chooseValues() {
  for (const [name, measure] of Object.entries(data.measures)) {
    byId(`now-${name}-left`).parentElement.hidden = !isGiven(measure);
  }
}

/** Switch sides and strides on and off. */
function startSwitches() {
  for (const button of document.querySelectorAll('[data-switch]')) {
    button.addEventListener('click', () => {
      const hidden = document.body.classList.toggle(`hide-${button.dataset.switch}`);
      button.setAttribute('aria-pressed', String(!hidden));
    });
  }
}

const BESIDE = 2;

/** Put the first curves of the video shown beside it, and all others below, in the order of the page. */
function arrangeGraphs(figures) {
  if (!figures.length) return;
  const own = figures.filter((figure) => isGiven(data.measures[figure.querySelector('.drawing').dataset.name]));
  const beside = (own.length ? own : figures).slice(0, BESIDE);
  byId('beside').append(...beside);
  byId('graphs').append(...figures.filter((figure) => !beside.includes(figure)));
}

function startGraphs() {
  for (const drawing of document.querySelectorAll('.drawing')) {
    if (drawing.dataset.name in data.measures) linkCycleGraph(drawing);
  }
  linkOtherFigures();
  linkPhaseTables();
  linkEventTable();
  startSwitches();
  on('time', writeValues);
  on('clip', chooseValues);
  const figures = [...document.querySelectorAll('#graphs figure')];
  on('clip', () => arrangeGraphs(figures));
}

/* The strip below the film: where in its stride each leg is, the phase, the time, and why nothing is measured. */

const stripInk = { stance: '#58616c', swing: '#343b44', unknown: '#20262e', faint: '#c8ced6', notice: '#ffd666' };
const stancePhases = ['loading_response', 'mid_stance', 'terminal_stance', 'pre_swing'];
const undetermined = 'n.d.';

/** Return the parts of a stride as [start, end, phase] in %; null: what lies between is not determined. */
function partsOf(stride) {
  const known = Object.entries(stride.phases).map(([name, ends]) => [...ends.map((t) => percentOf(stride, t)), name]);
  known.sort((a, b) => a[0] - b[0]);
  const parts = [];
  let at = 0;
  for (const [start, end, name] of [...known, [100, 100, null]]) {
    if (start - at > 0.01) parts.push([at, start, null]);
    if (end > start) parts.push([start, end, name]);
    at = Math.max(at, end);
  }
  return parts;
}

function drawStrip(film, t, notice) {
  const canvas = byId('strip');
  const width = byId('picture').clientWidth;
  const row = clamp(0.044 * Math.min(...room()), 15, 28);
  const height = Math.round(3.3 * row);
  canvas.style.height = `${height}px`;
  const pen = clearedCanvas(canvas, width, height);
  const measured = !notice || film.refused;
  const size = 0.58 * row;
  const names = namesThatFit(pen, size, width - 1.7 * row);
  const left = 1.7 * row + Math.max(...Object.values(names).map((name) => widthOf(pen, name, size)));
  const right = width - widthOf(pen, '00.00 s', size) - 1.2 * row;
  sides.forEach((side, number) => {
    const upper = (0.22 + number) * row;
    drawDisc(pen, [0.7 * row, upper + row / 2], 0.36 * row, colours[side], side[0].toUpperCase());
    const stride = measured ? strideAt(clip().strides, side, t) : undefined;
    if (stride) drawStride(pen, { stride, side, t, names, row, upper, left, right });
    else drawNoStride(pen, measured ? undetermined : '–', { row, upper, left, right });
  });
  write(pen, `${t.toFixed(2)} s`, right + 0.6 * row, 1.72 * row, size, ink.white);
  drawStripWords(pen, notice || film.note, Boolean(notice), { row, width });
}

/** Return the names of the phases, or the short ones where there is no room beside them. */
function namesThatFit(pen, size, width) {
  const names = data.phaseLabels;
  const widest = Math.max(...Object.values(names).map((name) => widthOf(pen, name, size)));
  return widest > 0.4 * width ? data.drawn.phaseShort : names;
}

function drawNoStride(pen, words, { row, upper, left, right }) {
  write(pen, words, 1.3 * row, upper + row / 2, 0.58 * row, stripInk.faint);
  pen.fillStyle = stripInk.swing;
  pen.fillRect(left, upper + 0.46 * row, right - left, Math.max(1, 0.08 * row));
}

/** Draw a stride from heel strike to heel strike: the present phase in the colour of the side, and where it is now. */
function drawStride(pen, { stride, side, t, names, row, upper, left, right }) {
  const percent = percentOf(stride, t);
  const xOfPart = (part) => left + ((right - left) * part) / 100;
  const parts = partsOf(stride);
  const current = parts.find(([, end]) => percent < end) ?? parts[parts.length - 1];
  for (const part of parts) drawPart(pen, part, { isNow: part === current, side, row, upper, xOfPart });
  const [contact, until] = data.drawn.initialContact;
  const phase = current[2] && percent < until ? contact : current[2];
  const [words, tint] = phase ? [names[phase], ink.white] : [undetermined, stripInk.faint];
  write(pen, words, 1.3 * row, upper + row / 2, 0.58 * row, tint);
  const now = xOfPart(percent);
  for (const [half, colour] of [[0.12 * row, ink.black], [0.06 * row, ink.white]]) {
    pen.fillStyle = colour;
    pen.fillRect(now - half, upper, 2 * half, row);
  }
}

function drawPart(pen, [start, end, phase], { isNow, side, row, upper, xOfPart }) {
  const [x, wide] = [xOfPart(start), xOfPart(end) - xOfPart(start) - 1];
  const plain = phase ? stripInk[stancePhases.includes(phase) ? 'stance' : 'swing'] : stripInk.unknown;
  pen.fillStyle = isNow && phase ? colours[side] : plain;
  pen.fillRect(x, upper + 0.09 * row, wide, 0.82 * row);
  const words = phase ? data.drawn.phaseShort[phase] : undetermined;
  const size = 0.52 * row;
  if (widthOf(pen, words, size) > wide - 3) return;
  write(pen, words, x + wide / 2, upper + row / 2, size, isNow ? ink.white : stripInk.faint, 'center');
}

/** Write below the rows why nothing is measured, or what the numbers on the person are, as large as fits. */
function drawStripWords(pen, words, isNotice, { row, width }) {
  if (!words) return;
  const size = Math.min((isNotice ? 0.58 : 0.5) * row, (width - 0.8 * row) / widthOf(pen, words, 1));
  if (size >= 7) write(pen, words, 0.4 * row, 2.7 * row, size, isNotice ? stripInk.notice : stripInk.faint);
}

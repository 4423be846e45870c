/* Lines, discs and words on a canvas, in pixels of the page: sharp on any screen, also where the film is enlarged. */

const ink = { white: '#fff', black: '#121820', grey: '#78828a' };
const fontOf = (size) => `bold ${size}px "DejaVu Sans", system-ui, sans-serif`;

/** Make a canvas as fine as the screen, empty it, and return what draws on it. */
function clearedCanvas(canvas, width, height) {
  const fine = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * fine), Math.round(height * fine)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const pen = canvas.getContext('2d');
  pen.setTransform(fine, 0, 0, fine, 0, 0);
  pen.clearRect(0, 0, width, height);
  [pen.lineCap, pen.lineJoin, pen.textBaseline] = ['round', 'round', 'middle'];
  return pen;
}

/** Draw the path that is there: first an edge by which it shows on any ground. */
function strokePath(pen, { colour, width, edge = ink.white, dashed = false }) {
  pen.setLineDash([]);
  [pen.strokeStyle, pen.lineWidth] = [edge, width + Math.max(1.5, width / 2)];
  pen.stroke();
  [pen.strokeStyle, pen.lineWidth] = [colour, width];
  if (dashed) {
    pen.lineCap = 'butt';
    pen.setLineDash([1.7 * width, 1.7 * width]);
  }
  pen.stroke();
  pen.setLineDash([]);
  pen.lineCap = 'round';
}

function drawLine(pen, from, to, style) {
  pen.beginPath();
  pen.moveTo(...from);
  pen.lineTo(...to);
  strokePath(pen, style);
}

/** Draw an arc from one direction to another, in degrees clockwise from the right, and shade its part of the disc. */
function drawSector(pen, centre, radius, [start, end], style) {
  const [from, to] = [radians(start), radians(end)];
  pen.beginPath();
  pen.moveTo(...centre);
  pen.arc(...centre, radius, from, to, to < from);
  pen.closePath();
  pen.globalAlpha = 0.45;
  pen.fillStyle = style.colour;
  pen.fill();
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.arc(...centre, radius, from, to, to < from);
  strokePath(pen, style);
}

function drawDisc(pen, [x, y], radius, colour, letter = '') {
  for (const [size, tint] of [[radius + Math.max(1, 0.16 * radius), ink.white], [radius, colour]]) {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.fillStyle = tint;
    pen.fill();
  }
  if (letter) write(pen, letter, x, y, 1.25 * radius, ink.white, 'center');
}

function drawRing(pen, [x, y], radius, style) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  strokePath(pen, style);
}

/** Write a line of text whose middle height is at y. */
function write(pen, words, x, y, size, colour, align = 'left') {
  [pen.font, pen.fillStyle, pen.textAlign] = [fontOf(size), colour, align];
  pen.fillText(words, x, y + 0.05 * size);
}

function widthOf(pen, words, size) {
  pen.font = fontOf(size);
  return pen.measureText(words).width;
}

/** Break words into lines of so many letters. */
function wrapped(words, most) {
  const lines = [];
  for (const word of words.split(' ')) {
    if (lines.length && `${lines[lines.length - 1]} ${word}`.length <= most) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** Return where a tag with some lines lies that is held at x by its anchor: all of it in the picture. */
function tagPlace(pen, lines, [x, y], size, anchor, [across, down]) {
  const width = Math.max(...lines.map((line) => widthOf(pen, line, size))) + 0.8 * size;
  const height = (1.7 + 1.3 * (lines.length - 1)) * size;
  const left = { left: x, right: x - width, middle: x - width / 2 }[anchor];
  const inside = (value, room) => clamp(value, 1, Math.max(1, room - 1));
  return { left: inside(left, across - width), top: inside(y - height / 2, down - height), width, height };
}

/** Return whether a point is where an enlarged film shows it. */
const inRoom = ([x, y], [across, down]) => x >= 0 && y >= 0 && x <= across && y <= down;

/** Write lines on a coloured tag, with a line to the point they are about; nothing if that is not in the picture. */
function drawTag(pen, lines, at, { size, colour, anchor, room, to }) {
  if (to && !inRoom(to, room)) return;
  const { left, top, width, height } = tagPlace(pen, lines, at, size, anchor, room);
  if (to) {
    const from = [clamp(to[0], left, left + width), top + height / 2];
    drawLine(pen, from, to, { colour, width: Math.max(1.2, 0.11 * size) });
    drawDisc(pen, to, 0.17 * size, colour);
  }
  pen.fillStyle = ink.white;
  pen.fillRect(left - 1, top - 1, width + 2, height + 2);
  pen.fillStyle = colour;
  pen.fillRect(left, top, width, height);
  lines.forEach((line, row) => write(pen, line, left + 0.4 * size, top + (0.85 + 1.3 * row) * size, size, ink.white));
}

const radians = (degrees) => (degrees * Math.PI) / 180;
/** Return the unit vector of a direction counted clockwise from the right. */
const direction = (degrees) => [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
const plus = ([x, y], [u, v], times = 1) => [x + times * u, y + times * v];
const between = ([x, y], [u, v]) => [(x + u) / 2, (y + v) / 2];
const apart = ([x, y], [u, v]) => Math.hypot(x - u, y - v);

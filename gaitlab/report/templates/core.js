/* What all parts of the page share: the numbers, where the cursor is, and small functions that change nothing. */

const data = JSON.parse(document.getElementById('data').textContent);
const sides = ['left', 'right'];
const eventWords = { heel_strike: 'heel strike', toe_off: 'toe-off' };
const colours = { left: '#d62728', right: '#1f5fbf' };

/** The state of the page: the clip shown, the cursor in real seconds, and its frame. */
const page = { clip: 0, time: 0, frame: 0, playing: false, correcting: false, selected: null };

const listeners = {};
/** Call a function whenever something happens: 'time', 'clip', 'film' (its size is known), 'edit', 'mode', 'show'. */
function on(what, listener) {
  (listeners[what] ??= []).push(listener);
}
function emit(what) {
  for (const listener of listeners[what] ?? []) listener();
}

const clip = () => data.clips[page.clip];
const byId = (id) => document.getElementById(id);
const capital = (word) => word[0].toUpperCase() + word.slice(1);
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Write a number with a true minus; nothing known becomes a dash. */
function shown(value, decimals = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Write an angle by its size and its direction in words, as the film does. */
function angleWords(measure, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value).toFixed(0);
  return size === '0' ? '0°' : `${size}° ${measure.directions[value < 0 ? 0 : 1]}`;
}

/** Return the index of the time nearest to t in a rising list. */
function nearest(times, t) {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t) low = middle;
    else high = middle;
  }
  return Math.abs(times[high] - t) < Math.abs(t - times[low]) ? high : low;
}

/** Return the value at a percentage of a curve of evenly spaced points; null where it is not known. */
function valueAt(curve, percent) {
  if (!curve) return null;
  const place = (percent / 100) * (curve.length - 1);
  const index = clamp(Math.floor(place), 0, curve.length - 2);
  const [before, after] = [curve[index], curve[index + 1]];
  if (before === null || after === null) return null;
  return before + (after - before) * (place - index);
}

/** Return the stride of a side that contains a time, used or not. */
function strideAt(strides, side, t) {
  return strides.find((s) => s.side === side && s.start <= t && t < s.end);
}

/** Return the used stride of a side at a time, otherwise the first used one. */
function usedStride(strides, side, t) {
  const current = strideAt(strides, side, t);
  return current?.used ? current : strides.find((s) => s.side === side && s.used);
}

const percentOf = (stride, t) => (100 * (t - stride.start)) / (stride.end - stride.start);
const timeOf = (stride, percent) => stride.start + ((stride.end - stride.start) * percent) / 100;

/** Return the name of the phase of a stride at a time; undefined where it was not determined. */
function phaseAt(stride, t) {
  return Object.keys(stride.phases).find((name) => stride.phases[name][0] <= t && t < stride.phases[name][1]);
}

/** Return the middle of a phase in the used stride nearest to the cursor, seconds; null if no stride has it. */
function phaseTime(strides, side, phase, t) {
  const own = strides.filter((s) => s.side === side && s.used);
  if (phase === 'initial_contact') return usedStride(strides, side, t)?.start ?? null;
  const having = own.filter((s) => s.phases[phase]);
  const stride = having.find((s) => s.start <= t && t < s.end) ?? having[0];
  return stride ? (stride.phases[phase][0] + stride.phases[phase][1]) / 2 : null;
}

/** Make an element with attributes and children. */
function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}
function makeSvg(name, attributes = {}, ...children) {
  return filled(document.createElementNS(byId('track').namespaceURI, name), attributes, children);
}
function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Say something to those who cannot see it change. */
function announce(words) {
  byId('announcement').textContent = words;
}

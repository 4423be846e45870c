/* The person on the film: skeleton, events and angles are drawn by the page, over the film, and can be switched off. */

const layers = { skeleton: true, angles: true, events: true, phases: true, kept: [] };
const unknown = -32768;
const flashS = 0.15;
const limbs = [
  ['shoulder', 'elbow'], ['elbow', 'wrist'], ['shoulder', 'hip'], ['hip', 'knee'],
  ['knee', 'ankle'], ['ankle', 'heel'], ['heel', 'foot_index'], ['ankle', 'foot_index'],
];
const opposite = (side) => (side === 'left' ? 'right' : 'left');

/** Return the numbers in a text of Base64. */
function numbersIn(text, Kind = Int16Array) {
  return new Kind(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

/** Return what is drawn on the film of the clip shown, read once; null where the page has no such film. */
function drawnFilm() {
  const { drawn } = clip();
  if (!drawn) return null;
  layers.kept[page.clip] ??= {
    ...drawn,
    times: Array.from(numbersIn(drawn.times, Int32Array), (time) => time / 1e4),
    found: numbersIn(drawn.found),
    seen: numbersIn(drawn.seen, Uint16Array),
    height: numbersIn(drawn.height),
    head: drawn.head && numbersIn(drawn.head),
    hips: drawn.hips && { left: numbersIn(drawn.hips.left), right: numbersIn(drawn.hips.right) },
    pelvis: drawn.pelvis && {
      angle: numbersIn(drawn.pelvis.angle),
      slope: numbersIn(drawn.pelvis.slope),
      heightTrunks: drawn.pelvis.heightTrunks,
    },
    trunk: drawn.trunk && numbersIn(drawn.trunk),
  };
  return layers.kept[page.clip];
}

/** Return whether the page draws on the film: an overlay, which is higher than the video, has all on it already. */
function drawsItself() {
  const [width, height] = clip().size;
  const shows = !player.video.hidden && player.video.videoWidth > 0;
  return Boolean(clip().drawn) && shows && filmHeight() < height + 0.02 * width;
}

/** Return the samples around a time with the weight of the later one; null far from all of them. */
function samplesAt(times, t) {
  const close = nearest(times, t);
  const first = times[close] <= t ? close : close - 1;
  if (Math.abs(times[close] - t) < 1e-3 || first < 0 || first + 1 >= times.length) {
    return Math.abs(times[close] - t) < 0.05 ? [close, close, 0] : null;
  }
  return [first, first + 1, (t - times[first]) / (times[first + 1] - times[first])];
}

/** Return the value of a list between two samples; null next to one that is not known. */
function valueOf(list, [a, b, part], of = 0, wide = 1) {
  const [before, after] = [list[wide * a + of], list[wide * b + of]];
  return before === unknown || after === unknown ? null : before + part * (after - before);
}

/** Return the person at a time as it is drawn: places of the joints in the page, sizes, and what else is known then. */
function personAt(film, t) {
  const at = samplesAt(film.times, t);
  if (!at) return null;
  const count = 2 * data.drawn.joints.length;
  const place = (list, joint, wide) => {
    const [x, y] = [0, 1].map((axis) => valueOf(list, at, 2 * joint + axis, wide));
    return x === null || y === null ? null : onPage([x * film.step, y * film.step]);
  };
  const found = Array.from({ length: count }, (_, joint) => place(film.found, joint, 2 * count));
  const seen = found.map((where, joint) => ((film.seen[at[0]] & film.seen[at[1]]) >> joint) & 1 && where);
  const joint = (list) => (side, name) => {
    return list[(side === 'left' ? 0 : count / 2) + data.drawn.joints.indexOf(name)] || null;
  };
  const angle = (list) => (list ? valueOf(list, at) : null);
  return {
    t,
    isSeen: seen.some(Boolean),
    seen: joint(seen),
    found: joint(found),
    head: film.head && place(film.head, 0, 2),
    sizes: sizesFor((valueOf(film.height, at) ?? 0) * film.step),
    view: viewAt(film, t),
    degrees: (list) => (angle(list) === null ? null : angle(list) / 100),
  };
}

/** Return how large things are drawn: by the person, within what is legible, in pixels of the page. */
function sizesFor(height) {
  const { fit, scale } = magnifier.place;
  const picture = fit * Math.min(...clip().size);
  const person = height * fit * scale || picture / 2;
  const within = (part, least, most, floor) => Math.max(clamp(part * person, least * picture, most * picture), floor);
  return {
    person,
    limb: within(0.0125, 0.002, 0.009, 2),
    letter: within(0.026, 0.008, 0.02, 6),
    label: within(0.046, 0.019, 0.028, 11),
  };
}

/** Return how the person is seen in the walking bout nearest to a time. */
function viewAt(film, t) {
  const away = ([start, end]) => Math.max(start - t, t - end);
  const nearer = (best, one) => (best === null || away(one) < away(best) ? one : best);
  return film.views.reduce(nearer, null)?.[2] ?? film.view;
}

const noticeAt = (film, t) => film.notices.find(([start, end]) => start <= t && t < end)?.[2] ?? '';

/** Draw skeleton and letters; the side away from the camera first, thinner. */
function drawSkeleton(pen, person) {
  const far = sides.includes(person.view) ? opposite(person.view) : null;
  const order = far ? [far, person.view] : sides;
  const { limb, letter } = person.sizes;
  for (const name of ['shoulder', 'hip']) {
    const ends = sides.map((side) => person.seen(side, name));
    if (ends.every(Boolean)) drawLine(pen, ...ends, { colour: ink.grey, width: limb / 2 });
  }
  for (const side of order) {
    for (const [from, to] of limbs) {
      const ends = [person.seen(side, from), person.seen(side, to)];
      if (ends.every(Boolean)) drawLine(pen, ...ends, { colour: colours[side], width: side === far ? limb / 2 : limb });
    }
  }
  for (const side of order) {
    for (const name of ['knee', 'ankle']) {
      const at = person.seen(side, name);
      const radius = Math.max(side === far ? 0.8 * letter : letter, 6);
      if (at) drawDisc(pen, at, radius, colours[side], side[0].toUpperCase());
    }
  }
}

/** Flash at the feet for a moment, from the frame nearest to an event on; corrected events as they are now. */
function drawEvents(pen, film, person) {
  for (const { side, event, time } of editedEvents()) {
    const passed = person.t - time;
    const at = person.found(side, event === 'toe_off' ? 'foot_index' : 'heel');
    if (!at || !inRoom(at, room()) || passed >= flashS || passed < -film.frame / 2) continue;
    const radius = 0.03 * person.sizes.person * (1 + (0.5 * Math.max(passed, 0)) / flashS);
    drawRing(pen, at, radius, { colour: colours[side], width: 0.8 * person.sizes.limb });
    drawDisc(pen, at, 0.3 * radius, ink.white);
    drawEventName(pen, person, { side, event, at });
  }
}

/** Write which event it is below the foot, or next to it where there is no room; away from the other foot. */
function drawEventName(pen, person, { side, event, at: [x, y] }) {
  const { label, person: height } = person.sizes;
  const [across, down] = room();
  const other = person.found(opposite(side), event === 'toe_off' ? 'foot_index' : 'heel');
  const outward = x > (other ? other[0] : across / 2) ? 1 : -1;
  const below = y + 0.048 * height + 1.2 * label;
  const fits = below < down - label;
  const at = [x + outward * (fits ? -label : 0.1 * height), fits ? below : y];
  const words = `${side[0].toUpperCase()} ${eventWords[event]}`;
  const anchor = outward > 0 ? 'left' : 'right';
  drawTag(pen, [words], at, { size: label, colour: colours[side], anchor, room: room() });
}

/** Write the number of the person who is measured above the head, where there are several. */
function drawNumber(pen, film, person) {
  if (film.number === null || !person.head || !person.isSeen || !inRoom(person.head, room())) return;
  const size = person.sizes.label;
  const at = plus(person.head, [0, -size]);
  drawTag(pen, [`person ${film.number}`], at, { size, colour: ink.black, anchor: 'middle', room: room() });
}

const room = () => [player.video.clientWidth, player.video.clientHeight];

/** Return where a point of the analysed video is in the player, with the film as it is enlarged. */
function onPage([x, y]) {
  const { fit, scale, left, top, beside } = magnifier.place;
  return [scale * (beside[0] + fit * x - left), scale * (beside[1] + fit * y - top)];
}

/** Draw all that is switched on over the frame that the film shows. */
function drawLayers() {
  const canvas = byId('layers');
  const itself = drawsItself();
  for (const id of ['layers', 'layer-switches']) byId(id).hidden = !itself;
  byId('strip').hidden = !itself || !layers.phases;
  if (!itself) return;
  const film = drawnFilm();
  const t = clip().frameTimes[page.frame];
  const pen = clearedCanvas(canvas, ...room());
  const person = personAt(film, t);
  const notice = noticeAt(film, t) || (person?.isSeen ? '' : 'person not tracked');
  if (person) {
    if (layers.skeleton) drawSkeleton(pen, person);
    if (layers.angles && !notice) drawAngles(pen, film, person);
    if (layers.events && (!notice || film.refused)) drawEvents(pen, film, person);
    drawNumber(pen, film, person);
  }
  if (layers.phases) drawStrip(film, t, notice);
}

/** Draw once the film shows the frame that was asked for. */
const drawShown = () => player.video.seeking || drawLayers();

function switchLayer(button) {
  const { layer } = button.dataset;
  layers[layer] = !layers[layer];
  button.setAttribute('aria-pressed', String(layers[layer]));
  drawLayers();
}

function startLayers() {
  for (const button of byId('layer-switches').querySelectorAll('button')) {
    button.addEventListener('click', () => switchLayer(button));
  }
  for (const what of ['magnified', 'edit']) on(what, drawShown); // the magnifier moves with time, clip and size
  player.video.addEventListener('seeked', drawShown);
  player.video.addEventListener('loadeddata', drawShown);
}

/* The measured angles on the person: arcs at the hips in a side view, the pelvis and the lean from front and back. */

/** Write an angle of the thigh by its size and direction. */
function thighWords(degrees) {
  const size = shown(Math.abs(degrees), 0);
  return size === '0' ? '0°' : `${size}° ${data.drawn.thighDirections[degrees < 0 ? 0 : 1]}`;
}

function drawAngles(pen, film, person) {
  if (film.hips && sides.includes(person.view)) drawHips(pen, film, person);
  if (film.trunk) drawTrunk(pen, film, person);
  if (film.pelvis) drawPelvis(pen, film, person);
}

/** Return a thigh as it was measured: the point from which its direction leads to the knee, and the way to it. */
function thighOf(film, person, side) {
  const [hip, knee] = ['hip', 'knee'].map((name) => person.found(side, name));
  const degrees = person.degrees(film.hips[side]);
  if (!hip || !knee || degrees === null) return null;
  const down = 90 + film.roll;
  const along = down - data.drawn.forward[person.view] * degrees;
  const length = apart(hip, knee);
  return { side, degrees, length, top: plus(knee, direction(along), -length), span: [down, along] };
}

/** Draw the arcs, that of the far leg first, from the vertical to the thigh as it was measured, with their numbers. */
function drawHips(pen, film, person) {
  const near = person.view;
  const thighs = [opposite(near), near].map((side) => thighOf(film, person, side)).filter(Boolean);
  if (!thighs.length) return;
  const { limb, label } = person.sizes;
  const top = [0, 1].map((axis) => thighs.reduce((sum, thigh) => sum + thigh.top[axis], 0) / thighs.length);
  const length = Math.max(...thighs.map((thigh) => thigh.length));
  const radius = (side) => (side === near ? 0.52 : 0.76) * length;
  for (const { side, span } of thighs) {
    const style = { colour: colours[side], width: Math.max(0.55 * limb, 2), dashed: side === 'right' };
    drawSector(pen, top, radius(side), span, style);
  }
  const reach = Math.max(...thighs.map(({ side }) => radius(side))) + 0.08 * length;
  const below = plus(top, direction(90 + film.roll), reach);
  drawLine(pen, top, below, { colour: ink.white, width: 0.3 * limb, edge: ink.black });
  for (const { side, degrees, span } of thighs) {
    const to = plus(top, direction((span[0] + span[1]) / 2), radius(side));
    drawHipNumber(pen, person, { side, degrees, top, to, down: side === near ? 0 : 2.3 * label });
  }
}

/** Write a number before the person, or behind where there is no room, with a line to its arc. */
function drawHipNumber(pen, person, { side, degrees, top, to, down }) {
  const { label, person: height } = person.sizes;
  const longest = widthOf(pen, `R 00° ${data.drawn.thighDirections[0]}`, label) + 0.8 * label;
  const forward = data.drawn.forward[person.view];
  const end = top[0] + forward * (0.24 * height + longest);
  const way = end >= 0 && end <= room()[0] ? forward : -forward;
  const at = [top[0] + way * 0.24 * height, top[1] + down];
  const words = `${side[0].toUpperCase()} ${thighWords(degrees)}`;
  const anchor = way > 0 ? 'left' : 'right';
  drawTag(pen, [words], at, { size: label, colour: colours[side], anchor, room: room(), to });
}

/** Return the leg that stands alone at a time; undefined: both do, or it is not known. */
function standingAlone(film, t) {
  const standing = sides.filter((side) => film.stances[side]?.some(([start, end]) => start <= t && t < end));
  return standing.length === 1 ? standing[0] : undefined;
}

/** Return the middles of the hips and of the shoulders; null where one is not seen. */
function trunkOf(person) {
  const middles = ['hip', 'shoulder'].map((name) => sides.map((side) => person.seen(side, name)));
  return middles.flat().every(Boolean) ? middles.map((ends) => between(...ends)) : null;
}

/** Write words at the right or the left of the person, with a line to that end. */
function drawBeside(pen, person, words, middle, ends, atRight) {
  const beside = 0.2 * person.sizes.person;
  const style = { size: person.sizes.label, colour: ink.black, anchor: atRight ? 'left' : 'right', room: room() };
  const at = plus(middle, [atRight ? beside : -beside, 0]);
  drawTag(pen, wrapped(words, 15), at, { ...style, to: ends[atRight ? 1 : 0] });
}

/** Return the side of the pelvis that is named, and its words; left side up is positive. */
function pelvisWords(degrees, standing) {
  const size = shown(Math.abs(degrees), 0);
  if (size === '0') return ['right', 'pelvis level 0°'];
  const lower = degrees > 0 ? 'right' : 'left';
  if (!standing) return [lower, `${lower} pelvis lower ${size}°`];
  const swinging = opposite(standing);
  return [swinging, `${swinging} pelvis ${swinging === lower ? 'drop' : 'hike'} ${size}°`];
}

/** Draw the pelvis as it was measured, the neutral position, and the angle next to the side that is named. */
function drawPelvis(pen, film, person) {
  const trunk = trunkOf(person);
  const [degrees, slope] = [person.degrees(film.pelvis.angle), person.degrees(film.pelvis.slope)];
  if (!trunk || degrees === null || slope === null) return;
  const [hip, shoulder] = trunk;
  const centre = plus(hip, plus(shoulder, hip, -1), film.pelvis.heightTrunks);
  const half = data.drawn.pelvisHalfWidthTrunks * apart(hip, shoulder);
  const ends = (angle, reach = 1) => [-1, 1].map((way) => plus(centre, direction(angle), way * reach * half));
  const width = 0.9 * person.sizes.limb;
  drawLine(pen, ...ends(film.roll, data.drawn.levelReach), { colour: ink.white, width: width / 2, edge: ink.black, dashed: true });
  drawLine(pen, ...ends(slope), { colour: ink.white, width, edge: ink.black });
  const [named, words] = pelvisWords(degrees, standingAlone(film, person.t));
  const atRight = person.seen(named, 'hip')[0] > person.seen(opposite(named), 'hip')[0];
  drawBeside(pen, person, words, centre, ends(slope), atRight);
}

/** Say where the trunk leans: over the stance leg or away from it; with both feet on the ground, to which side. */
function leanWords(degrees, standing) {
  const size = shown(Math.abs(degrees), 0);
  if (size === '0') return '0°';
  const side = degrees > 0 ? 'left' : 'right';
  if (!standing) return `${size}° to the ${side}`;
  return `${size}° ${side === standing ? 'over' : 'away from'} the stance leg`;
}

/** Draw the trunk, the vertical through the hips, and the lean in words next to the shoulders. */
function drawTrunk(pen, film, person) {
  const trunk = trunkOf(person);
  const degrees = person.degrees(film.trunk);
  if (!trunk || degrees === null) return;
  const [hip, shoulder] = trunk;
  const width = 0.6 * person.sizes.limb;
  const upright = plus(hip, direction(film.roll - 90), apart(hip, shoulder));
  drawLine(pen, hip, upright, { colour: ink.white, width: width / 2, edge: ink.black, dashed: true });
  drawLine(pen, hip, shoulder, { colour: ink.white, width, edge: ink.black });
  const words = `trunk lean ${leanWords(degrees, standingAlone(film, person.t))}`;
  const wide = Math.max(...wrapped(words, 15).map((line) => widthOf(pen, line, person.sizes.label)));
  const needed = 0.2 * person.sizes.person + 0.8 * (wide + 0.8 * person.sizes.label);
  const atRight = hip[0] + needed < room()[0] || 2 * hip[0] < room()[0];
  drawBeside(pen, person, words, [hip[0], shoulder[1]], [shoulder, shoulder], atRight);
}

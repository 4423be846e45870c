/* Marking the level of the pelvis: two bony points of the person in a frame, in pixels of the analysed video. */

/** What is being marked: the points set so far, their frame, and the cross that the arrow keys move. */
const marking = { on: false, points: [], frame: null, cross: null };

const leastApart = 10;
const editedMarks = () => edits.clips[page.clip].marks;
const turnedMark = ({ left, right, ...mark }) => ({ ...mark, left: right, right: left });
const markHere = () => editedMarks().find((mark) => Math.abs(mark.time - page.time) < 1e-3);

/** Return +1 where the person's left is at the right of the image at a time, -1 where it is at its left; else 0. */
function leftSignAt(time) {
  const swapped = clip().bouts.filter((bout, i) => {
    return inBout(bout, time) && bout.mirrored !== edits.clips[page.clip].bouts[i].swapped;
  });
  return swapped.length ? -clip().leftSign : clip().leftSign;
}

/** Return how much higher the left point is, in degrees, the roll of the camera taken off. */
function markAngle({ time, left, right }) {
  const slope = Math.atan2(right[1] - left[1], Math.abs(right[0] - left[0]));
  return (slope * 180) / Math.PI + leftSignAt(time) * clip().roll;
}

/** Say an angle in words. */
function levelWords(angle) {
  const side = angle < 0 ? 'right' : 'left';
  return shown(Math.abs(angle)) === '0.0' ? 'level' : `${side} side ${shown(Math.abs(angle))}° higher`;
}

/** Return what is wrong with two points; empty if nothing is. */
function wrongWith(left, right, time) {
  if (Math.hypot(left[0] - right[0], left[1] - right[1]) < leastApart) return 'The points are too close to each other.';
  const sign = leftSignAt(time);
  if (sign * (left[0] - right[0]) > 0) return '';
  return `The person's left is at the ${sign > 0 ? 'right' : 'left'} of the image.`;
}

function setMarking(going) {
  if (going && !player.video.src) return announce('There is no video to mark: select it first.');
  player.video.pause();
  Object.assign(marking, { on: going, points: [], frame: page.frame, cross: null });
  const [place, box] = [byId('player-place'), byId('player-box')];
  if (!box.classList.contains('docked')) place.style.minHeight = going ? `${box.offsetHeight}px` : '';
  document.body.classList.toggle('marking', going);
  byId('mark-level').setAttribute('aria-pressed', String(going));
  byId('marking').hidden = !going;
  drawMarks();
  if (going) byId('level-picture').focus({ preventScroll: true });
  else byId('mark-level').focus({ preventScroll: true });
  return sayNext();
}

/** Tell which point comes next. */
function sayNext(before = '') {
  if (!marking.on) return;
  const side = marking.points.length ? 'right' : 'left';
  const point = clip().leftSign < 0 ? 'back of the pelvis (PSIS)' : 'front of the pelvis (ASIS)';
  const words = `${before} Click the person's ${side.toUpperCase()} bony point at the ${point}.`;
  byId('marking-next').textContent = words.trim();
}

/** Set a point; the second one makes the mark. */
function setPoint(x, y) {
  if (marking.frame !== page.frame) Object.assign(marking, { points: [], frame: page.frame });
  marking.points.push([x, y].map((value) => Math.round(value * 10) / 10));
  if (marking.points.length === 2) finishMark();
  else sayNext();
  drawMarks();
}

function finishMark() {
  const [left, right] = marking.points;
  const time = clip().frameTimes[page.frame];
  const wrong = wrongWith(left, right, time);
  marking.points = [];
  if (wrong) return sayNext(`${wrong} Start again.`);
  remember();
  const others = editedMarks().filter((mark) => Math.abs(mark.time - time) >= 1e-3);
  const mark = { time, left, right, old: false, at: now() };
  edits.clips[page.clip].marks = [...others, mark].sort((a, b) => a.time - b.time);
  changed();
  setMarking(false);
  return announce(`Pelvic level marked at ${shown(time, 3)} s: ${levelWords(markAngle(mark))}.`);
}

function removeMark(time) {
  remember();
  edits.clips[page.clip].marks = editedMarks().filter((mark) => mark.time !== time);
  changed();
  byId('mark-level').focus({ preventScroll: true });
  announce(`The mark at ${shown(time, 3)} s is removed.`);
}

/** Return the changes of marks since the page was made. */
function markChanges(index) {
  const { marks } = edits.clips[index];
  const common = { side: 'both', event: 'pelvis' };
  const gone = data.clips[index].level.filter(({ time }) => !marks.some((mark) => sameTime(mark.time, time)));
  return [
    ...gone.map(({ time }) => ({ kind: 'unmarked', ...common, old_s: time, new_s: null, at: now() })),
    ...marks
      .filter((mark) => !mark.old)
      .map(({ time, left, right, at }) => {
        return { kind: 'marked', ...common, old_s: null, new_s: time, left_px: left, right_px: right, at };
      }),
  ];
}

/** Draw the points of this frame: the picture lies on the film and counts in pixels of the video that was analysed. */
function drawMarks() {
  const picture = byId('level-picture');
  const [width] = clip().size;
  const mark = page.correcting && !marking.on ? markHere() : undefined;
  picture.setAttribute('viewBox', `0 0 ${width} ${filmHeight()}`);
  picture.setAttribute('tabindex', marking.on ? '0' : '-1');
  const dots = mark ? [['left', mark.left], ['right', mark.right]] : marking.points.map((point) => ['left', point]);
  const r = width / (marking.on ? 300 : 130);
  const parts = dots.map(([side, [cx, cy]]) => makeSvg('circle', { cx, cy, r, 'data-side': side }));
  if (mark) {
    const [[x1, y1], [x2, y2]] = [mark.left, mark.right];
    const place = { x: (x1 + x2) / 2, y: Math.min(y1, y2) - width / 50 };
    const label = { ...place, 'font-size': width / 30, 'stroke-width': width / 250 };
    parts.unshift(makeSvg('line', { x1, y1, x2, y2 }));
    parts.push(makeSvg('text', label, levelWords(markAngle(mark))));
  }
  if (marking.on && marking.cross) {
    const [x, y] = marking.cross;
    parts.push(makeSvg('path', { d: `M${x - width / 60},${y}h${width / 30}M${x},${y - width / 60}v${width / 30}` }));
  }
  picture.replaceChildren(...parts);
}

/** Set a point where the picture is clicked. */
function clickPicture(event) {
  if (!marking.on) return;
  const toVideo = byId('level-picture').getScreenCTM().inverse();
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(toVideo);
  const [width, height] = clip().size;
  if (place.x < 0 || place.y < 0 || place.x > width || place.y > height) return;
  setPoint(place.x, place.y);
}

/** Move the cross with the arrow keys, set a point with Enter or space, stop with Escape. */
function pictureKey(event) {
  if (!marking.on || event.ctrlKey || event.altKey || event.metaKey) return;
  const [width, height] = clip().size;
  const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === 'Escape') setMarking(false);
  else if (move) {
    const [x, y] = marking.cross ?? [width / 2, height / 2];
    const by = event.shiftKey ? 10 : 1;
    marking.cross = [clamp(x + by * move[0], 0, width), clamp(y + by * move[1], 0, height)];
    drawMarks();
  } else if ([' ', 'Enter'].includes(event.key) && event.target.id === 'level-picture') {
    if (marking.cross) setPoint(...marking.cross);
  } else return;
  event.preventDefault();
}

/** Write a button for each mark of the clip, which removes it. */
function writeMarks() {
  const box = byId('level-marks');
  byId('level').hidden = clip().leftSign === 0 || clip().video === null;
  const buttons = editedMarks().map((mark) => {
    const time = `${shown(mark.time, 3)} s`;
    const words = `Remove the mark at ${time}, ${levelWords(markAngle(mark))}`;
    const button = make('button', { type: 'button', 'aria-label': words, title: words }, `${time} ×`);
    button.addEventListener('click', () => removeMark(mark.time));
    return button;
  });
  box.replaceChildren(...buttons);
  drawMarks();
}

/** Points of two frames are no level: those of the frame before are dropped. */
function leaveFrame() {
  if (marking.on && marking.frame !== page.frame) {
    Object.assign(marking, { points: [], frame: page.frame });
    sayNext();
  }
  drawMarks();
}

function startLevel() {
  byId('mark-level').addEventListener('click', () => setMarking(!marking.on));
  byId('marking-stop').addEventListener('click', () => setMarking(false));
  byId('level-picture').addEventListener('click', clickPicture);
  byId('player-box').addEventListener('keydown', pictureKey);
  for (const what of ['edit', 'mode', 'clip']) on(what, writeMarks);
  on('time', leaveFrame);
  on('film', drawMarks);
}

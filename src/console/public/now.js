/** Puts what the application pushes in place of what the page shows, and connects again when it was away. */
const place = document.getElementById('now');
const lost = document.getElementById('lost');
const askAgainMs = 5000;

listen();

function listen() {
  const events = new EventSource('/now/events');
  events.addEventListener('now', ({ data }) => {
    lost.hidden = true;
    replace(JSON.parse(data));
  });
  events.addEventListener('error', () => {
    lost.hidden = false;
    // Otherwise the browser connects again by itself.
    if (events.readyState === EventSource.CLOSED) setTimeout(goOn, askAgainMs);
  });
}

/** The application, or a proxy for it, has answered with something else: asks until it is back, or the session has ended. */
async function goOn() {
  const asked = { redirect: 'manual', headers: { accept: 'application/json' } };
  const answer = await fetch('/now/events', asked).catch(() => undefined);
  if (answer?.type === 'opaqueredirect')
    location.reload(); // to the sign-in
  else if (answer?.status === 406) listen();
  else setTimeout(goOn, askAgainMs);
}

/** What is open stays open, what is moved sideways stays where it is, and the keyboard stays where it was. */
function replace(part) {
  const all = (selector) => [...place.querySelectorAll(selector)];
  const open = all('details').map((details) => details.open);
  const moved = all('.scroll, .plot-frame').map((frame) => frame.scrollLeft);
  const focused = all('summary, [tabindex]').indexOf(document.activeElement);
  place.innerHTML = part;
  all('details').forEach((details, at) => (details.open = open[at] ?? false));
  all('.scroll, .plot-frame').forEach((frame, at) => (frame.scrollLeft = moved[at] ?? 0));
  if (focused !== -1) all('summary, [tabindex]')[focused]?.focus({ preventScroll: true });
}

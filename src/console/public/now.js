/** Puts what the application pushes in place of what the page shows. The browser connects again by itself. */
const place = document.getElementById('now');
const lost = document.getElementById('lost');
const events = new EventSource('/now/events');

events.addEventListener('now', ({ data }) => {
  lost.hidden = true;
  // What is open stays open, and what is being read is not moved.
  const open = [...place.querySelectorAll('details')].map((details) => details.open);
  place.innerHTML = JSON.parse(data);
  place.querySelectorAll('details').forEach((details, at) => (details.open = open[at] ?? false));
});
events.addEventListener('error', () => {
  lost.hidden = false;
  // Closed for good: the session has ended, and the page says so.
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
});

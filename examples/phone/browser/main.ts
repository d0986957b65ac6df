/** The page's script: draws the phone, and listens to the keyboard. */
import { render } from 'preact';
import { actOfKey } from '../keyboard.ts';
import type { PhoneSettings } from '../settings.ts';
import { renderPhone } from '../view.ts';
import { readLanguage, wordsOf } from '../words.ts';
import { Phone } from './phone.ts';

const words = wordsOf(readLanguage(document.documentElement.lang) ?? 'vi');
const place = document.getElementById('phone')!;

void start();

async function start(): Promise<void> {
  const answer = await fetch('/phone/settings').catch(() => undefined);
  if (answer?.ok === true) open((await answer.json()) as PhoneSettings);
  else place.textContent = words.notLoaded;
}

function open(settings: PhoneSettings): void {
  const phone = new Phone(settings, draw);
  draw();
  document.addEventListener('keydown', (event) => {
    const isOnButton = event.target instanceof Element && event.target.closest('button, a') !== null;
    const act = actOfKey(event, isOnButton);
    if (act?.do === 'key') phone.press(act.key);
    else if (act !== null) phone[act.do]();
  });

  function draw(): void {
    const before = place.querySelectorAll('#captions li').length;
    render(renderPhone(phone.state, settings, words, phone), place);
    const lines = place.querySelectorAll('#captions li');
    if (lines.length > before) lines.item(lines.length - 1).scrollIntoView({ block: 'nearest' });
  }
}

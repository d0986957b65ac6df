/** The phone: what it is doing, and what can be done with it. */
import { addEvent, type CallEvent } from '../captions.ts';
import type { PhoneSettings } from '../settings.ts';
import type { PhoneActs, PhoneState } from '../view.ts';
import { placeCall, type Call } from './call.ts';
import { canListen, listenTo } from './listen.ts';
import { openMicrophone } from './microphone.ts';

/** Between two looks at the clock, ms. */
const tickMs = 200;

export class Phone implements PhoneActs {
  state: PhoneState;
  readonly #settings: PhoneSettings;
  readonly #draw: () => void;
  readonly #speaker = new Audio();
  /** Aborted by hanging up. */
  #wish = new AbortController();
  #call: Call | null = null;

  /** @param draw is called after each change of `state` */
  constructor(settings: PhoneSettings, draw: () => void) {
    this.#settings = settings;
    this.#draw = draw;
    this.state = {
      ...{ status: 'idle', end: 'you', talkedMs: 0, captions: [], microphone: 'asked', volume: 80 },
      user: settings.callers[0]!.user,
      canCaption: canListen,
    };
    this.#speaker.volume = this.state.volume / 100;
  }

  readonly call = (): void => {
    if (this.state.status === 'calling' || this.state.status === 'talking') return;
    this.#change({ status: 'calling', talkedMs: 0, captions: [] });
    this.#wish = new AbortController();
    void this.#place(this.#wish.signal).then((end) => this.#change({ status: 'ended', end }));
  };

  readonly hangUp = (): void => {
    this.#wish.abort();
    this.#call?.hangUp();
  };

  readonly press = (key: string): void => {
    if (this.state.status !== 'talking') return;
    this.#call?.press(key);
    this.#note({ kind: 'keyed', key });
  };

  readonly choose = (user: string): void => this.#change({ user });

  readonly setVolume = (volume: number): void => {
    this.#speaker.volume = volume / 100;
    this.#change({ volume });
  };

  /** From the first word to the last. */
  async #place(wish: AbortSignal): Promise<PhoneState['end']> {
    const { stream, microphone, close } = await openMicrophone();
    this.#change({ microphone });
    try {
      const call = await placeCall({ ...this.#settings, user: this.state.user, stream });
      if (call === null) return 'unreachable';
      this.#call = call;
      if (wish.aborted) call.hangUp(); // while the reader was asked for the microphone
      this.#speaker.srcObject = new MediaStream([call.receiver.track]);
      void this.#speaker.play();
      listenTo(call.receiver, (event) => this.#note(event));
      void call.answered.then(() => this.#countTime(call));
      return await call.ended;
    } finally {
      this.#call = null;
      close();
    }
  }

  #countTime({ ended }: Call): void {
    const answeredAt = performance.now();
    this.#change({ status: 'talking' });
    const clock = setInterval(() => this.#change({ talkedMs: performance.now() - answeredAt }), tickMs);
    void ended.then(() => clearInterval(clock));
  }

  #note(event: CallEvent): void {
    this.#change({ captions: addEvent(this.state.captions, event) });
  }

  #change(changes: Partial<PhoneState>): void {
    this.state = { ...this.state, ...changes };
    this.#draw();
  }
}

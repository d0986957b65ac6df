/** The phones that a hotline calls back under fake time. */
import type { CallBackLine, NotAnswered } from '../../../src/call/call-back-line.ts';
import type { Sound } from '../../../src/call/channel.ts';
import { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import { putOnLine, type Caller } from '../../../src/simulation/scripted-caller.ts';

/** Every number reaches the same person, or fails in the same way. */
export class FakeCallBackLine implements CallBackLine {
  readonly called: string[] = [];
  readonly channels: FakeChannel[] = [];
  readonly #lengths: ReadonlyMap<Sound, number>;
  readonly #person: Caller | NotAnswered;

  constructor(lengths: ReadonlyMap<Sound, number>, person: Caller | NotAnswered) {
    this.#lengths = lengths;
    this.#person = person;
  }

  async dial(
    number: string,
    { channelId, ringMs }: { channelId: string; ringMs: number },
  ): Promise<FakeChannel | NotAnswered> {
    this.called.push(number);
    await new Promise((resolve) => setTimeout(resolve, Math.min(ringMs, 2000)));
    if (typeof this.#person === 'string') return this.#person;
    const channel = new FakeChannel({ id: channelId, lengths: this.#lengths });
    this.channels.push(channel);
    putOnLine(channel, this.#person);
    return channel;
  }
}

import type { Step } from '../../src/doctor/pbx-facts.ts';
import { checkWayToIdentity } from '../../src/doctor/way-to-identity.ts';
import { dialplan, include, shippedPbx, softphone, step, trunk } from './shipped-pbx.ts';

const toIdentity = 'Goto(hotline-identity,s,1)';
/** The way of a carrier whose context has these steps, beside what is shipped. */
const way = (...steps: Step[]) =>
  checkWayToIdentity(
    { ...trunk, context: 'from-carrier' },
    { ...shippedPbx, dialplan: [...dialplan, ...steps] },
  );
const did = (...does: string[]) => does.map((each) => step('from-carrier', '19009068', each));

test('the way of the shipped trunk is fine, and a phone that goes to the menu has none', () => {
  expect(checkWayToIdentity(trunk, shippedPbx)).toMatchObject([{ verdict: 'ok' }]);
  expect(checkWayToIdentity(softphone, shippedPbx)).toEqual([]);
});

test.each<[what: string, found: string[], steps: Step[]]>([
  ['answers', ['[from-carrier] Answer()'], did('NoOp()', 'Answer()', toIdentity)],
  [
    'plays an announcement, which answers',
    ['[from-carrier] Playback(welcome)'],
    did('Set(X=1)', 'Playback(welcome)', toIdentity),
  ],
  [
    'answers in an ExecIf',
    ['[from-carrier] ExecIf($[1]?Playback(holiday):Set(X=1))'],
    did('ExecIf($[1]?Playback(holiday):Set(X=1))', toIdentity),
  ],
  ...[
    'Exec(Answer())',
    'TryExec(Playback(welcome))',
    'Exec(${WHAT}(welcome))',
    'ExecIf($[1]?Answer)',
    'ExecIf($[1]?Set(X=1):Answer)',
    'ExecIf($["${X}" = "a?b:c"]?Exec(Answer()))',
    'ExecIfTime(*,*,1,jan?Playback(holiday))',
  ].map((does): [string, string[], Step[]] => [
    `answers by ${does}`,
    [`[from-carrier] ${does}`],
    did(does, toIdentity),
  ]),
  [
    'asks for a key itself',
    ['[from-carrier] Read(KEY,my-menu,1)'],
    did('Read(KEY,my-menu,1)', 'GotoIf($["${KEY}" = "8"]?hotline-identity,s,1)'),
  ],
  [
    'has a menu of its own, whose key 8 leads on',
    ['[ivr] Answer()', '[ivr] Background(my-menu)', '[ivr] WaitExten(7)'],
    [
      ...did('Goto(ivr,s,1)'),
      ...['Answer()', 'Background(my-menu)', 'WaitExten(7)'].map((does) => step('ivr', 's', does)),
      step('ivr', '8', toIdentity),
    ],
  ],
  [
    'has such a menu, whose keys are in another context',
    ['[ivr] Read(KEY,my-menu,1)'],
    [
      ...did('Goto(ivr,s,1)'),
      step('ivr', 's', 'Read(KEY,my-menu,1)'),
      step('ivr', 's', 'Goto(keys,${KEY},1)'),
      step('keys', '8', toIdentity),
    ],
  ],
  [
    'answers in a subroutine',
    ['[hello] Answer()'],
    [...did('Gosub(hello,s,1)', toIdentity), step('hello', 's', 'Answer()'), step('hello', 's', 'Return()')],
  ],
  [
    'answers before it goes on to another extension',
    ['[from-carrier] Answer()'],
    [
      step('from-carrier', '_X.', 'Answer()'),
      step('from-carrier', '_X.', 'GotoIf($[1]?19009068,1:500,1)'),
      ...did(toIdentity),
    ],
  ],
  [
    'answers in a context that includes the hotline',
    ['[all] Answer()'],
    [
      include('from-carrier', 'all'),
      step('all', '_X.', 'Answer()'),
      step('all', '_X.', 'Goto(hotline-in,${EXTEN},1)'),
      step('hotline-in', '19009068', toIdentity),
    ],
  ],
])('a trunk that %s is a danger', (_what, found, steps) => {
  expect(way(...steps)).toMatchObject([
    { verdict: 'danger', detail: found.join('; '), change: expect.stringContaining('hotline-site-menu') },
  ]);
});

test.each<[what: string, steps: Step[]]>([
  [
    'sets variables, looks at the time and logs',
    did(
      'NoOp()',
      'Set(CALLERID(dnid)=19009068)',
      'GotoIfTime(*,*,1,jan?closed,s,1)',
      'ExecIf($[1]?Set(X=${LEN(abc)}))',
      'ExecIf($["${X}" = "a?Answer:b"]?NoOp:Set(Y=a:Answer))',
      'TryExec(Set(X=1))',
      toIdentity,
    ),
  ],
  [
    'answers other numbers, or the same after the hotline',
    [
      step('from-carrier', '500', 'Answer()'),
      step('from-carrier', '500', 'Goto(office,s,1)'),
      step('office', 's', 'Queue(office)'),
      ...did(toIdentity, 'Answer()'),
    ],
  ],
  [
    'calls a subroutine that answers nothing',
    [...did('Gosub(log,s,1)', toIdentity), step('log', 's', 'NoOp()'), step('log', 's', 'Return()')],
  ],
])('a trunk that %s is fine', (_what, steps) => {
  expect(way(...steps)).toMatchObject([{ verdict: 'ok' }]);
});

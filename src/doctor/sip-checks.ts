/** Does SIP let in what must stay out, lose keys, or leave a caller without media? */
import { isLoopback } from '../machine/loopback.ts';
import { leadsToBranch8 } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import { checkKeysOnce } from './key-checks.ts';
import type { PbxFacts } from './pbx-facts.ts';

/** Caller IDs of the demo softphones (pjsip-demo-softphones.conf, examples/phone/pbx.ts). Real people own these numbers. */
const demoNumber = /^<?(?:\+?84|0)(?:912345678|987654321|903333444)>?$/;
/** RTP and RTCP of one leg. */
const portsPerCall = 2;

/** @param maxCalls MAX_CALLS */
export function checkSip(pbx: PbxFacts, maxCalls: number): Finding[] {
  return [
    checkDemoPhones(pbx),
    checkLocalCallers(pbx),
    ...checkModules(pbx),
    ...checkCapacity(pbx, maxCalls),
  ];
}

/** Addresses of SIP that other machines reach. */
function openBinds({ sipBinds }: PbxFacts): readonly string[] {
  return sipBinds.filter((bind) => !isLoopback(bind.replace(/:\d+$/, '')));
}

/** Where SIP is on loopback alone, every caller is a program of this machine: a test, or a proxy before Asterisk. */
function checkLocalCallers(pbx: PbxFacts): Finding {
  const found = pbx.endpoints.flatMap(({ name, context, matches }) => {
    const local = matches.map((match) => match.split('/')[0] ?? '').filter(isLoopback);
    return local.length > 0 && leadsToBranch8(pbx, context) ? [`${name}: ${local.join(', ')}`] : [];
  });
  const open = openBinds(pbx);
  return expectThat(
    'callers on this machine',
    found.length === 0 || open.length === 0,
    found.length === 0
      ? 'none may assert a number'
      : `${found.join('; ')}; SIP on ${pbx.sipBinds.join(', ')}`,
    `pjsip.conf: take these addresses out of match, or every user and program of this machine can call as anybody; they are for a first test. For a SIP proxy on this machine, bind SIP to loopback`,
  );
}

function checkDemoPhones(pbx: PbxFacts): Finding {
  const { endpoints, sipBinds } = pbx;
  const demo = endpoints.filter(({ rule, callerId }) => rule === 'asserted' && demoNumber.test(callerId));
  const open = openBinds(pbx);
  return expectThat(
    'demo softphones',
    demo.length === 0 || open.length === 0,
    demo.length === 0 ? 'none' : `${demo.map(({ name }) => name).join(', ')}; SIP on ${sipBinds.join(', ')}`,
    'delete /etc/hotline/softphone-auth.conf and developer-phones.conf, then pjsip reload; these phones may reset the passwords of the people who own their numbers',
  );
}

function checkModules(pbx: PbxFacts): Finding[] {
  const isLoaded = (name: string) => pbx.modules.includes(`${name}.so`);
  return [
    expectThat(
      'taking over calls',
      !isLoaded('res_pjsip_refer'),
      isLoaded('res_pjsip_refer') ? 'res_pjsip_refer' : 'nothing loaded for it',
      'modules.conf: noload = res_pjsip_refer.so, then restart Asterisk; with it an INVITE with Replaces takes over a call, and hears the password',
    ),
    checkKeysOnce(pbx),
    expectThat(
      'refused calls in the log',
      isLoaded('res_hep_pjsip'),
      isLoaded('res_hep_pjsip') ? 'reported to the application' : 'res_hep_pjsip is not loaded',
      'copy hep.conf (docs/admin.md, step 5), and modules.conf: require = res_hep.so and res_hep_pjsip.so, then restart Asterisk; without them no log says who was refused, and why',
      'warning',
    ),
    expectThat(
      'offers with T.38',
      isLoaded('res_pjsip_t38'),
      isLoaded('res_pjsip_t38') ? 'declined beside the audio' : 'res_pjsip_t38 is not loaded',
      'modules.conf: require = res_pjsip_t38.so, then restart Asterisk; without it a call that offers T.38 beside audio is answered and hears nothing',
    ),
  ];
}

/** Whether Asterisk takes enough calls, has RTP ports for them, and refuses more. */
function checkCapacity({ files }: PbxFacts, maxCalls: number): Finding[] {
  const taken = Number(files['asterisk.conf'].get('options')?.get('maxcalls') ?? 0);
  const rtp = files['rtp.conf'].get('general');
  const [first, last] = [Number(rtp?.get('rtpstart') ?? 5000), Number(rtp?.get('rtpend') ?? 31_000)];
  const legs = Math.floor((last - first + 1) / portsPerCall);
  return [
    expectThat(
      'calls that Asterisk takes',
      taken >= maxCalls,
      taken > 0 ? `${taken}, of which ${maxCalls} in the application` : 'any number',
      `asterisk.conf: maxcalls = ${maxCalls * 2}; callers in the menu count too`,
      'warning',
    ),
    expectThat(
      'RTP ports',
      legs >= Math.max(taken, maxCalls),
      `for ${legs} calls`,
      `rtp.conf: rtpstart and rtpend at least ${Math.max(taken, maxCalls) * portsPerCall} apart; a call without a port fails`,
      'warning',
    ),
  ];
}

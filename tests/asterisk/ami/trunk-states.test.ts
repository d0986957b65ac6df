/** Which trunks Asterisk knows to be up. The packets are those that Asterisk 22.10.1 sends. */
import type { AmiPacket } from 'asterisk-manager';
import { AmiFailed, type Ami } from '../../../src/asterisk/ami/ami.ts';
import { readTrunkStates } from '../../../src/asterisk/ami/trunk-states.ts';

const contact = (endpoint: string, status: string, expirationtime = '0'): AmiPacket => ({
  ...{ event: 'ContactList', objecttype: 'contact', endpoint, status, expirationtime },
});
const registration = (objectname: string, status: string): AmiPacket => ({
  ...{ event: 'OutboundRegistrationDetail', objecttype: 'registration', objectname, status },
});

function amiWith(contacts: AmiPacket[] | Error, registrations: AmiPacket[] | Error): Ami {
  const answers: Record<string, AmiPacket[] | Error> = {
    PJSIPShowContacts: contacts,
    PJSIPShowRegistrationsOutbound: registrations,
  };
  const list = ({ Action }: Record<string, string>) => {
    const answer = answers[Action!]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { list } as unknown as Ami;
}

test('a probed trunk and a registration are up or down; phones and trunks that are not probed say nothing', async () => {
  const contacts = [
    contact('carrier-1', 'Reachable'),
    contact('carrier-2', 'Unreachable'),
    contact('carrier-3', 'NonQualified'),
    contact('softphone', 'Unreachable', '1796000000'),
  ];
  const ami = amiWith(contacts, [
    registration('carrier-4', 'Registered'),
    registration('carrier-5', 'Rejected'),
  ]);
  expect(await readTrunkStates(ami)).toEqual([
    { name: 'carrier-1', isUp: true, status: 'Reachable' },
    { name: 'carrier-2', isUp: false, status: 'Unreachable' },
    { name: 'carrier-4', isUp: true, status: 'Registered' },
    { name: 'carrier-5', isUp: false, status: 'Rejected' },
  ]);
});

test('no contacts at all, and no module for registrations, are no fault', async () => {
  const ami = amiWith(
    new AmiFailed('PJSIPShowContacts: No Contacts found'),
    new AmiFailed('PJSIPShowRegistrationsOutbound: Invalid/unknown command: PJSIPShowRegistrationsOutbound.'),
  );
  expect(await readTrunkStates(ami)).toEqual([]);
});

test('a refusal is one', async () => {
  const ami = amiWith(new AmiFailed('PJSIPShowContacts: Permission denied'), []);
  await expect(readTrunkStates(ami)).rejects.toThrow('Permission denied');
});

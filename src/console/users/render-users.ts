/** The users of the console, and the forms that change them. */
import { roles, type ConsoleUser, type Role } from '../../registry/console-users.ts';
import { html, renderScroll, type Content } from '../html.ts';
import { moment } from '../times.ts';
import type { Visit } from '../visit.ts';

export function renderUserList(visit: Visit, users: readonly ConsoleUser[]): Content {
  const { columns } = visit.words.users;
  return html`
    <section class="card" aria-label=${visit.words.users.title}>
      ${renderScroll(
        visit.words.users.title,
        html`
          <table>
            <thead>
              <tr>
                <th scope="col">${columns.name}</th>
                <th scope="col">${columns.role}</th>
                <th scope="col">${columns.state}</th>
                <th scope="col">${columns.signedIn}</th>
                <th scope="col" class="number">${columns.sessions}</th>
                <th scope="col">${columns.acts}</th>
              </tr>
            </thead>
            <tbody>
              ${users.map((user) => renderUser(visit, user))}
            </tbody>
          </table>
        `,
      )}
    </section>
  `;
}

function renderUser(visit: Visit, user: ConsoleUser): Content {
  const { words } = visit;
  const { name, role, disabledAt, lastSignInAt, openSessions } = user;
  const isDisabled = disabledAt !== null;
  return html`
    <tr>
      <th scope="row">${name}</th>
      <td>${words.roles[role]}</td>
      <td>
        <span class=${`state ${isDisabled ? 'down' : 'up'}`}
          >${isDisabled ? words.users.disabled : words.users.active}</span
        >
      </td>
      <td>${lastSignInAt === null ? words.users.never : moment(lastSignInAt)}</td>
      <td class="number">${words.count(openSessions)}</td>
      <td>
        <details>
          <summary>${words.users.change(name)}</summary>
          ${renderChanges(visit, user)}
        </details>
      </td>
    </tr>
  `;
}

function renderChanges(visit: Visit, { name, role, disabledAt }: ConsoleUser): Content {
  const { users } = visit.words;
  const form = (act: string, button: string, fields: Content = null) => html`
    <form class="plain" method="post" action="/users/change" autocomplete="off">
      <input type="hidden" name="_csrf" value=${visit.formToken} />
      <input type="hidden" name="name" value=${name} />
      <input type="hidden" name="act" value=${act} />
      ${fields} <button class="quiet">${button}</button>
    </form>
  `;
  // Those about oneself would be refused.
  if (name === visit.officer?.name)
    return html`${form('end', users.end)}
      <p><a href="/password">${users.own}</a></p>`;
  return html`
    ${disabledAt === null ? form('disable', users.disable) : form('enable', users.enable)}
    ${form('end', users.end)} ${form('role', users.setRole, renderRoles(visit, `role-${name}`, role))}
    ${form('password', users.setPassword, renderPassword(users.newPassword, `password-${name}`))}
  `;
}

export function renderAddUser(visit: Visit): Content {
  const { words, formToken } = visit;
  const { users } = words;
  return html`
    <form class="card plain" method="post" action="/users" autocomplete="off">
      <h2>${users.add}</h2>
      <input type="hidden" name="_csrf" value=${formToken} />
      <div class="field">
        <label for="new-name">${users.name}</label>
        <input
          id="new-name"
          name="name"
          pattern="[a-z0-9._\\-]{2,32}"
          maxlength="32"
          required
          autocapitalize="none"
          aria-describedby="new-name-hint"
        />
        <p class="hint" id="new-name-hint">${users.nameHint}</p>
      </div>
      ${renderRoles(visit, 'new-role', 'viewer')} ${renderPassword(users.password, 'new-password')}
      <p class="hint">${users.passwordHint}</p>
      <button>${users.submit}</button>
    </form>
  `;
}

function renderRoles({ words }: Visit, id: string, chosen: Role): Content {
  return html`
    <div class="field">
      <label for=${id}>${words.users.role}</label>
      <select id=${id} name="role">
        ${roles.map(
          (role) =>
            html`<option value=${role} selected=${role === chosen}>
              ${words.roles[role]}: ${words.users.roleHints[role]}
            </option>`,
        )}
      </select>
    </div>
  `;
}

function renderPassword(label: string, id: string): Content {
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        name="password"
        type="password"
        minlength="12"
        maxlength="128"
        required
        autocomplete="new-password"
      />
    </div>
  `;
}

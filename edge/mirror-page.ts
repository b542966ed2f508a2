import { clientConfigs } from "./client-configs.ts";
import type { Policy } from "./policy.ts";

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * The proxy's own page: what it is, whom to write to, and configurations to copy. Text of ours and of the operator only, without script or
 * style, so that it can be served under a policy that allows nothing (security 8).
 */
export function mirrorPage(policy: Policy, own: string, options: { readonly open: boolean }): string {
  const registries = policy.registries.map(({ key }) => `<li><code>${escape(key)}</code></li>`);
  const configs = clientConfigs(policy, own).map(
    ({ client, path, text, note }) =>
      `<h3>${escape(client)}</h3>\n<p><code>${escape(path)}</code></p>\n<pre>${escape(text)}</pre>\n<p>${escape(note)}</p>`,
  );
  const contact =
    policy.abuseContact === undefined
      ? "<p>It has an operator, who has not said how to be reached.</p>"
      : `<p>Complaints and questions: ${escape(policy.abuseContact)}</p>`;
  const inside = options.open
    ? `<h2>Registries</h2>\n<ul>\n${registries.join("\n")}\n</ul>\n<h2>Clients</h2>\n${configs.join("\n")}`
    : "<p>It is private. Those who have its access key see here how to set up their clients: <code>/k/KEY/mirror</code>.</p>";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>Breakbulk mirror</title>
</head>
<body>
<h1>Breakbulk mirror</h1>
<p>This is a proxy for container registries. It passes on images that others publish, belongs to none of the registries below, and never asks for a password on a page.
${policy.write ? "Pushing is possible." : "It only reads."}</p>
${contact}
${inside}
</body>
</html>
`;
}

import { describe, expect, it } from "vitest";
import { isCoreError } from "../../../core/error.ts";
import { imageDocument, parseInspectTemplate, parseTemplate, rowType } from "../../../core/template/mod.ts";
import { nginxObject } from "./nginx.ts";

/** What `docker inspect -f` prints for the image of §9, or the message it ends with. */
function inspected(template: string): string {
  try {
    return parseInspectTemplate(template).render(nginxObject);
  } catch (error) {
    if (isCoreError(error)) return `! ${error.message}`;
    throw error;
  }
}

/** A template's text, and the output or message expected of it. */
type Vector = readonly [template: string, expected: string];

function check(section: string, vectors: readonly Vector[]): void {
  describe(`${section} of the reference holds`, () => {
    it.each(vectors)("%s", (template, expected) => {
      expect(inspected(template)).toBe(expected);
    });
  });
}

const ID = `sha256:${"ab12".repeat(16)}`;
const LAYERS = ["1", "2", "3"].map((digit) => `sha256:${digit.repeat(64)}`);

check("§9 inspect vectors", [
  ["{{.Id}}", ID],
  ["{{.ID}}", ID],
  ["{{ .Os }}/{{ .Architecture }}", "linux/amd64"],
  ["{{.Config.Env}}", "[PATH=/usr/bin:/bin A=b C=d=e]"],
  ["{{.Config.Cmd}}", "[nginx -g daemon off;]"],
  ["{{.Config.Labels}}", "map[com.example.name:x maintainer:M <m@e.com> zed:1]"],
  ["{{.Config.ExposedPorts}}", "map[443/tcp:{} 80/tcp:{}]"],
  ["{{.Config.OnBuild}}", "[]"],
  ["{{.Config.Healthcheck}}", "{[CMD-SHELL curl -f http://localhost || exit 1] 30s 3s 0s 0s 3}"],
  [
    "{{json .Config.Healthcheck}}",
    '{"Test":["CMD-SHELL","curl -f http://localhost || exit 1"],"Interval":30000000000,"Timeout":3000000000,"Retries":3}',
  ],
  [
    "{{.Id}} {{json .Config.Healthcheck}}",
    `${ID} {"Interval":30000000000,"Retries":3,"Test":["CMD-SHELL","curl -f http://localhost || exit 1"],"Timeout":3000000000}`,
  ],
  ["{{.Id}} {{.Config.OnBuild}}", `${ID} <no value>`],
  ["{{json .Config.Env}}", '["PATH=/usr/bin:/bin","A=b","C=d=e"]'],
  ["{{json .Config.Labels}}", '{"com.example.name":"x","maintainer":"M <m@e.com>","zed":"1"}'],
  ["{{.RootFS}}", `{layers [${LAYERS.join(" ")}]}`],
  ['{{printf "%+v" .RootFS}}', `{Type:layers Layers:[${LAYERS.join(" ")}]}`],
  ["{{len .RootFS.Layers}}", "3"],
  ["{{.Size}}", "187654321"],
  ['{{printf "%T" .Size}}', "int64"],
  ["{{.Created}}", "2024-05-06T07:08:09.123456789Z"],
  ["{{.Metadata.LastTagTime}}", "2024-06-07 08:09:10 +0000 UTC"],
  ["{{json .Metadata}}", '{"LastTagTime":"2024-06-07T08:09:10Z"}'],
  ["{{.GraphDriver.Data.MergedDir}}", "/m"],
  ["{{index .RepoTags 0}}", "nginx:1"],
  ['{{index .Config.Labels "nope"}}', ""],
  ["{{.Config.Labels.zed}}", "1"],
  ["{{.Config.Labels.nope}}", "<no value>"],
  ['{{index .Config.ExposedPorts "80/tcp"}}', "{}"],
  ["{{index .Os 0}}", "108"],
  ["{{range .Config.Env}}{{.}};{{end}}", "PATH=/usr/bin:/bin;A=b;C=d=e;"],
  ["{{range $i, $e := .Config.Env}}{{$i}}={{$e}} {{end}}", "0=PATH=/usr/bin:/bin 1=A=b 2=C=d=e "],
  ["{{range $p, $c := .Config.ExposedPorts}}{{$p}} {{end}}", "443/tcp 80/tcp "],
  ["{{range .Config.OnBuild}}x{{else}}none{{end}}", "none"],
  ["{{if .Author}}yes{{else if .Os}}os{{else}}no{{end}}", "os"],
  ["{{with $x := .Os}}{{$x}}-{{$.Architecture}}{{end}}", "linux-amd64"],
  ["{{with .Author}}a{{else with .Os}}{{.}}{{else}}z{{end}}", "linux"],
  ["{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"],
  [
    "{{range $i, $e := .RepoTags}}{{if eq $i 1}}{{continue}}{{end}}{{$e}} {{end}}",
    "nginx:1 reg.io:5000/a/b:v1 ",
  ],
  ["{{range 3}}{{.}}{{end}}", "012"],
  ['{{join .RepoTags " "}}', "nginx:1 nginx:latest reg.io:5000/a/b:v1"],
  ['{{split "a/b/c" "/"}}', "[a b c]"],
  ['{{index (split "a/b/c" "/") 1}}', "b"],
  ['{{json (split "a b" " ")}}', '["a","b"]'],
  ["{{truncate .Id 12}}", "sha256:ab12a"],
  ['{{truncate "ab" 5}}', "ab"],
  ['{{pad "x" 2 3}}|', "  x   |"],
  ['{{pad "" 2 3}}|', "|"],
  ['{{upper .Os}} {{lower "ABC"}}', "LINUX abc"],
  ['{{println "a" 1}}x', "a 1\nx"],
  ['{{print "a" "b" 1 2 true}}', "ab1 2 true"],
  ['{{print 1 2 "c" 3}}', "1 2c3"],
  [
    '{{printf "%s %d %v %q %x %5d|%-5s|%05.1f" "s" 3 .Os "q" 255 42 "l" 3.14159}}',
    's 3 linux "q" ff    42|l    |003.1',
  ],
  ['{{printf "%q" .Config.Cmd}}', '["nginx" "-g" "daemon off;"]'],
  ['{{printf "%#v" .Config.Cmd}}', '[]string{"nginx", "-g", "daemon off;"}'],
  ['{{printf "%.3s" .Id}}', "sha"],
  ['{{printf "%*d" 5 42}}', "   42"],
  ['{{printf "%[2]s %[1]s" "a" "b"}}', "b a"],
  ['{{eq .Os "linux"}} {{ne .Os "linux"}} {{eq .Os "a" "linux"}}', "true false true"],
  ["{{eq .Size 187654321}}", "true"],
  ["{{gt .Size 100}}", "true"],
  ['{{and true .Os}} {{or "" .Os}} {{not .Os}} {{and 0 1}} {{or 0 ""}}', "linux linux false 0 "],
  ['{{len "héllo"}}', "6"],
  ['{{slice "abcdef" 1 3}} {{slice "abcdef" 2}} {{slice .RepoTags 0 1}}', "bc cdef [nginx:1]"],
  ["{{range $i, $e := .RootFS.Layers}}{{if $i}},{{end}}{{slice $e 7 11}}{{end}}", "1111,2222,3333"],
  ['{{.Os | printf "%s-%s" "a"}}', "a-linux"],
  ["{{json .Os | len}}", "7"],
  ['{{define "T"}}[{{.}}]{{end}}{{template "T" .Os}}', "[linux]"],
  ['{{- "trim" -}}   x', "trimx"],
  ["a  {{- 1 }} b", "a1 b"],
  ["A {{- /* c */ -}} B", "AB"],
  ["A {{/* c */ -}} B", "A B"],
  ["{{1.0}} {{1e6}} {{0b101}} {{0o17}} {{1_000}} {{'a'}}", "1 1e+06 5 15 1000 97"],
  ['{{json "<b>&"}}', '"<b>&"'],
  ["{{json 1.0}} {{json nil}} {{json true}}", "1 null true"],
  ["{{print nil}}", "<nil>"],
  ["{{eq nil nil}}", "true"],
  ["{{eq .Config.OnBuild nil}}", "true"],
  ["{{range .RepoTags}}{{println .}}{{end}}", "nginx:1\nnginx:latest\nreg.io:5000/a/b:v1\n"],
  ['{{if and (eq .Os "linux") (eq .Architecture "amd64")}}match{{end}}', "match"],
  ['{{.Metadata.LastTagTime.Format "2006-01-02"}}', "2024-06-07"],
]);

const parse = (message: string): string => `! template: :1: ${message}`;
const at = (column: number, node: string, message: string): string =>
  `! template: :1:${column}: executing "" at <${node}>: ${message}`;

check("§8 error texts", [
  ["{{", parse("unclosed action")],
  ["{{.Os", parse("unclosed action")],
  ["{{end", parse("unclosed action")],
  ["{{nofunc}}", parse('function "nofunc" not defined')],
  ["{{end}}", parse("unexpected {{end}}")],
  ["{{else}}", parse("unexpected {{else}}")],
  ["{{if}}x{{end}}", parse("missing value for if")],
  ["{{range}}x{{end}}", parse("missing value for range")],
  ["{{with}}x{{end}}", parse("missing value for with")],
  ["{{if true}}", parse("unexpected EOF")],
  ['{{define "a"}}', parse("unexpected EOF")],
  ["{{$x}}", parse('undefined variable "$x"')],
  ['{{"abc}}', parse("unterminated quoted string")],
  ["{{'ab'}}", parse("malformed character constant: 'ab'")],
  ["{{()}}", parse("missing value for parenthesized pipeline")],
  ["{{| .Os}}", parse('unexpected "|" in command')],
  ["{{#}}", parse('unexpected "#" in command')],
  ["{{ {{ }}", parse('unexpected "{" in command')],
  ["{{ .Os }", parse('unexpected "}" in operand')],
  ["{{.Os.}}", parse("unexpected <.> in operand")],
  ["{{..}}", parse("unexpected <.> in operand")],
  ["{{.Config.Env.0}}", parse('unexpected ".0" in operand')],
  ["{{template}}", parse('unexpected "}}" in template clause')],
  ["{{break}}", parse("{{break}} outside {{range}}")],
  ["{{nil}}", at(2, "nil", "nil is not a command")],
  ["{{.NoSuch}}", at(2, ".NoSuch", 'map has no entry for key "NoSuch"')],
  ["{{.Config.NoSuch}}", at(9, ".Config.NoSuch", 'map has no entry for key "NoSuch"')],
  ["{{.Os.Foo}}", at(5, ".Os.Foo", "can't evaluate field Foo in type interface {}")],
  ["{{index .RepoTags 9}}", at(2, "index .RepoTags 9", "error calling index: index out of range: 9")],
  [
    '{{index .RepoTags "x"}}',
    at(2, 'index .RepoTags "x"', "error calling index: cannot index slice/array with type string"),
  ],
  [
    "{{index .Config.Labels 1}}",
    at(2, "index .Config.Labels 1", "error calling index: value has type int; should be string"),
  ],
  ["{{slice .RepoTags 1 9}}", at(2, "slice .RepoTags 1 9", "error calling slice: index out of range: 9")],
  ["{{split .Os}}", at(2, "split", "wrong number of args for split: want 2 got 1")],
  ["{{and}}", at(2, "and", "wrong number of args for and: want at least 1 got 0")],
  ["{{eq}}", at(2, "eq", "wrong number of args for eq: want at least 1 got 0")],
  ["{{eq 1}}", at(2, "eq 1", "error calling eq: missing argument for comparison")],
  ["{{ne 1 2 3}}", at(2, "ne", "wrong number of args for ne: want 2 got 3")],
  ['{{eq "a" 1}}', at(2, 'eq "a" 1', "error calling eq: incompatible types for comparison: string and int")],
  ["{{eq 1 1.0}}", at(2, "eq 1 1.0", "error calling eq: incompatible types for comparison: int and float64")],
  [
    "{{eq .RepoTags .RepoTags}}",
    at(
      2,
      "eq .RepoTags .RepoTags",
      "error calling eq: non-comparable type [nginx:1 nginx:latest reg.io:5000/a/b:v1]: []interface {}",
    ),
  ],
  ["{{range .Os}}{{end}}", at(8, ".Os", "range can't iterate over linux")],
  ["{{upper .Size}}", at(8, ".Size", "wrong type for value; expected string; got json.Number")],
  ['{{join .Os ","}}', at(7, ".Os", "wrong type for value; expected []string; got string")],
  ["{{.Id | truncate 5}}", at(17, "5", "expected string; found 5")],
  ['{{pad "x" -1 1}}', at(2, 'pad "x" -1 1', "error calling pad: strings: negative Repeat count")],
  [
    '{{truncate "abcdef" -1}}',
    at(2, 'truncate "abcdef" -1', "error calling truncate: runtime error: slice bounds out of range [:-1]"),
  ],
  ['{{.Os "x"}}', at(2, ".Os", "Os is not a method but has arguments")],
  ['{{"a" "b"}}', at(2, '"a"', `can't give argument to non-function "a"`)],
  ["{{. .}}", at(2, ".", "can't give argument to non-function .")],
  ['{{template "x"}}', at(11, '{{template "x"}}', 'template "x" not defined')],
  ["{{call .Os}}", at(2, "call .Os", "error calling call: non-function .Os of type string")],
]);

check("§7 second pass over the raw document", [
  [
    "{{.Id}} {{eq .Os 1}}",
    at(10, "eq .Os 1", "error calling eq: incompatible types for comparison: string and int"),
  ],
  [
    "{{.Id}} {{eq .Size 187654321}}",
    at(10, "eq .Size 187654321", "error calling eq: incompatible types for comparison: json.Number and int"),
  ],
  ['{{.Id}} {{printf "%d" .Size}}', `${ID} %!d(json.Number=187654321)`],
  ['{{.Id}} {{printf "%T" .Size}}', `${ID} json.Number`],
  [
    '{{.Id}} {{join .Config.Env ","}}',
    at(22, ".Config.Env", "wrong type for value; expected []string; got []interface {}"),
  ],
  [
    "{{.Id}} {{.Config.Healthcheck}}",
    `${ID} map[Interval:30000000000 Retries:3 Test:[CMD-SHELL curl -f http://localhost || exit 1] Timeout:3000000000]`,
  ],
  ["{{.Id}} {{.Config.ExposedPorts}}", `${ID} map[443/tcp:map[] 80/tcp:map[]]`],
  ["{{.Id}}{{.Config.Labels.nope}}", at(16, ".Config.Labels.nope", 'map has no entry for key "nope"')],
  ["{{.Id}} {{.VirtualSize}}", at(10, ".VirtualSize", 'map has no entry for key "VirtualSize"')],
  ["{{.VirtualSize}}", "0"],
  [
    "{{len .Id}}:{{range $k, $v := .Config}}{{$k}} {{end}}",
    "71:Cmd Entrypoint Env ExposedPorts Healthcheck Labels OnBuild User Volumes WorkingDir ",
  ],
]);

check("§2 and §3 evaluation and printing", [
  ["{{.Config.Labels.com.example.name}}", "<no value>"],
  ['{{index .Config.Labels "com.example.name"}}', "x"],
  ["{{.Os | }}", "linux"],
  ["}} x", "}} x"],
  ["{{-3}} {{- 3}}", "-33"],
  [
    "{{1.0}} {{0.1}} {{100000.0}} {{123456.5}} {{0.0001}} {{0.00001}} {{1000000.0}} {{1234567.0}} {{10000000000.5}}",
    "1 0.1 100000 123456.5 0.0001 1e-05 1e+06 1.234567e+06 1.00000000005e+10",
  ],
  ["{{.Config.Healthcheck.Interval}} {{.Config.Healthcheck.Interval.Seconds}}", "30s 30"],
  ["{{.Metadata.LastTagTime.Year}}", "2024"],
]);

check("§4 and §5 functions", [
  [`{{html "<a&'\\"b>"}}`, "&lt;a&amp;&#39;&#34;b&gt;"],
  [`{{js "it's \\"q\\" <x>"}}`, `it\\'s \\"q\\" \\u003Cx\\u003E`],
  ['{{urlquery "a b&c=d"}}', "a+b%26c%3Dd"],
  [
    '{{printf "%d" "x"}} {{printf "%s" 1}} {{printf "%d"}} {{printf "" 2}} {{printf "%z" 1}} {{printf "%"}}',
    "%!d(string=x) %!s(int=1) %!d(MISSING) %!(EXTRA int=2) %!z(int=1) %!(NOVERB)",
  ],
  ['{{title "hello world-foo bar_baz"}}', "Hello World-Foo Bar_baz"],
  [`{{title "a1b c.d e'f"}}`, "A1b C.D E'F"],
  ['{{upper "straße"}}', "STRAßE"],
  ['{{len (split "" "/")}} {{split "abc" ""}}', "1 [a b c]"],
  ['{{printf "%q" (truncate "aé" 2)}}', '"a\\xc3"'],
  ["{{add 1 2}}", parse('function "add" not defined')],
]);

const IMAGES = rowType<{ readonly repository: string; readonly tag: string }>("formatter.imageContext", {
  Tag: { heading: "TAG", value: ({ tag }) => tag },
  Repository: { heading: "REPOSITORY", value: ({ repository }) => repository },
  ID: { heading: "IMAGE ID", value: () => "aaaaaaaaaaaa" },
});
const row = IMAGES.value({ repository: "reg.io:5000/x/y", tag: "1" });
const listed = (template: string): string => parseTemplate(template).render(row);
const heading = (template: string): string => parseTemplate(template).render(IMAGES.header, { header: true });

describe("§6 list formatting", () => {
  it.each([
    ["{{.ID}}: {{.Repository}}", "aaaaaaaaaaaa: reg.io:5000/x/y"],
    ['{{truncate .ID 4}} {{len .ID}} {{printf "%-8s" .Tag}}|', "aaaa 12 1       |"],
    ['{{range $i, $e := split .Repository "/"}}{{$i}}={{$e}} {{end}}', "0=reg.io:5000 1=x 2=y "],
    ['{{join (split .Repository "/") "-"}}', "reg.io:5000-x-y"],
    ['{{println "a\tb"}}', "a\tb\n"],
    ['{{len .Tag}} {{eq .Tag "latest"}} {{json .Repository}}', '1 false "reg.io:5000/x/y"'],
    ["{{json .}}", '{"ID":"aaaaaaaaaaaa","Repository":"reg.io:5000/x/y","Tag":"1"}'],
  ])("a row prints %s", (template, expected) => {
    expect(listed(template)).toBe(expected);
  });

  it("a row's JSON escapes markup, the function for a cell does not", () => {
    const none = IMAGES.value({ repository: "<none>", tag: "<none>" });
    expect(parseTemplate("{{json .}} {{json .Tag}}").render(none)).toBe(
      '{"ID":"aaaaaaaaaaaa","Repository":"\\u003cnone\\u003e","Tag":"\\u003cnone\\u003e"} "<none>"',
    );
  });

  it("a field that no column has is named with the type of the rows", () => {
    expect(() => listed("{{.Labels}}")).toThrow(
      'template: :1:2: executing "" at <.Labels>: can\'t evaluate field Labels in type *formatter.imageContext',
    );
  });

  it("a header has the headings, which Docker's functions leave alone", () => {
    expect(heading("{{upper .Repository}}\t{{truncate .ID 3}}\t{{pad .Tag 1 2}}")).toBe(
      "REPOSITORY\tIMAGE ID\t TAG  ",
    );
    expect(heading('{{join (split .Repository "/") "-"}} {{json .ID}} {{title .Tag}} {{lower .Tag}}')).toBe(
      "REPOSITORY IMAGE ID TAG TAG",
    );
    expect(heading('{{if eq .Tag "latest"}}a{{else}}b{{end}}')).toBe("b");
  });

  it("a header that fails has written what came before", () => {
    const parts: string[] = [];
    const template = parseTemplate('{{.ID}}{{range split .Tag ""}}{{end}}');
    expect(() =>
      template.execute(IMAGES.header, { header: true, write: (part) => void parts.push(part) }),
    ).toThrow("range can't iterate over TAG");
    expect(parts).toEqual(["IMAGE ID"]);
  });
});

describe("§7 several objects of one command", () => {
  it("the message is that of the second try", () => {
    const template = parseInspectTemplate("{{.Config.Nope}}");
    expect(() => template.render(nginxObject)).toThrow('map has no entry for key "Nope"');
  });

  it("after a fallback a missing label is an error in typed runs as well", () => {
    const template = parseInspectTemplate("{{.Config.Labels.nope}}");
    expect(template.render(nginxObject)).toBe("<no value>");
    const mixed = parseInspectTemplate('{{if eq .Os "linux"}}{{.Config.Labels.nope}}{{else}}{{.Id}}{{end}}');
    expect(mixed.render(nginxObject)).toBe("<no value>");
    const other = { ...nginxObject.raw, Os: "windows" };
    expect(mixed.render({ typed: imageDocument(other), raw: other })).toBe(nginxObject.raw.Id);
    expect(() => mixed.render(nginxObject)).toThrow('map has no entry for key "nope"');
  });
});

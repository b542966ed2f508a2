import type { consoleEn } from "./words-console-en.ts";

/** 控制台的中文用语。 */
export const consoleZh: typeof consoleEn = {
  title: "控制台",
  open: "打开控制台",
  close: "关闭控制台",
  run: (line) => `在控制台运行：${line}`,
  put: (line) => `放入控制台，按 Enter 运行：${line}`,
  label: "控制台。输入 docker 命令；按 Escape 离开。",
  height: "控制台高度",
  reader: "供屏幕阅读器朗读",
  copyAll: "控制台显示的全部内容",
  clear: "清空控制台",
  keys: { tab: "Tab 补全", up: "上一条命令", down: "下一条命令", interrupt: "停止" },
  hint: "对此处保存的镜像使用 Docker 命令。试试 docker images 或 help。Tab 补全，↑ 回看。",
  failed: (reason) => `控制台无法运行命令：${reason}`,
  choose: (path) => `页面文件中没有 ${path}：请选择该文件。`,
  chooseFolder: (path) => `页面文件中没有 ${path}：请选择该文件夹。`,
  press: "按 Enter 选择，按 Ctrl+C 放弃。",
  saved: (name, size) => `${name}（${size}）已保存到下载`,
  made: (f, n, example) => `生成了 ${f.count(n)} 个文件：用 ls 列出，用 download ${example} 保存`,
  taken: (f, n) => `收入了 ${f.count(n)} 个文件`,
  noFiles: "还没有文件：拖放到控制台，或输入 open。",
  nothingLike: (path) => `${path}：没有该文件或文件夹`,
  nothingChosen: "没有选择任何文件",
  help: `对保存在此浏览器中的镜像使用 Docker 命令，“docker”可以省略。

  docker load < app.tar         载入归档：事先拖放进来，或现在选择
  docker images                 列出保存的镜像
  docker history app:1          镜像是怎样构建的
  docker inspect app:1 | jq '.[0].Config.Env'
  docker save app:1 > app.tar   保存到下载
  docker --help                 全部命令

管道之后可用：awk cat cut grep gunzip gzip head jq sha256sum sort tail tar tee uniq wc xargs。
也可用 < > >> 2> ; && || 和 $(…)。其余一概不展开。

  ls             页面文件：拖放、选择或生成的
  open           选择文件；open -d 选择文件夹，供 docker build 使用
  download FILE  保存页面文件；文件夹存为 tar
  history clear  exit

Tab 补全，↑ ↓ 翻看历史，Ctrl+R 搜索，Ctrl+C 停止命令，Escape 离开。
`,
};

// Renders the form of `source-fauna spec` in headless Chromium and takes a picture of each state of it:
//   npm install && npm run pictures [-- FOLDER]
// SOURCE_FAUNA is the command to ask (`python main.py` in the root of the checkout unless set), CHROMIUM the browser.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
const root = resolve(here, "../..");
const folder = resolve(process.argv[2] ?? join(tmpdir(), "source-fauna-form"));
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

if (!existsSync(browserPath)) {
  console.log(`No pictures: there is no Chromium at ${browserPath}. Install it, or name yours in CHROMIUM.`);
  process.exit(0);
}

function specification() {
  const python = existsSync(join(root, ".venv/bin/python")) ? join(root, ".venv/bin/python") : "python3";
  const [command, ...words] = process.env.SOURCE_FAUNA?.split(" ") ?? [python, "main.py"];
  const said = execFileSync(command, [...words, "spec"], { cwd: root, encoding: "utf8" });
  const messages = said.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return messages.find((message) => message.type === "SPEC").spec.connectionSpecification;
}

const connection = {
  domain: "fauna.example.com", port: 8443, scheme: "https", secret: "fnAE0000example0001", concurrency: 4,
};
const born = {
  name: "born", path: ["data", "born"], type: "string", format: "date-time",
  airbyte_type: "timestamp_with_timezone", required: false,
};
const states = {
  default: {},
  deletions_disabled: { ...connection, collection: { deletions: { deletion_mode: "ignore" } } },
  deletions_enabled: { ...connection, collection: { deletions: { deletion_mode: "deleted_field" } } },
  columns_and_deletions: {
    ...connection,
    collection: { columns: { column_mode: "found" }, deletions: { deletion_mode: "deleted_field" } },
  },
  one_collection: {
    ...connection,
    collection: { name: "users", index: "users_by_ts", data_column: false, additional_columns: [born] },
  },
};

const bundle = await build({
  entryPoints: [join(here, "page.jsx")], bundle: true, write: false, minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
});
const script = bundle.outputFiles[0].text.replaceAll("</script", "<\\/script");
const style = readFileSync(join(here, "page.css"), "utf8");
const schema = specification();

mkdirSync(folder, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "form-profile-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: browserPath,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
  viewport: { width: 760, height: 400 },
});
try {
  for (const [name, value] of Object.entries(states)) {
    const page = await browser.newPage();
    const problems = [];
    page.on("pageerror", (error) => problems.push(error.message));
    const shown = JSON.stringify({ schema, value }).replaceAll("<", "\\u003c");
    await page.setContent(
      `<meta charset="utf-8"><style>${style}</style><div id="form"></div>` +
        `<script>window.shown=${shown}</script><script>${script}</script>`,
    );
    await page.waitForSelector("form fieldset");
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: true });
    console.log(path);
    if (problems.length > 0) throw new Error(`${name}: ${problems.join("; ")}`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}

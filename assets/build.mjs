// Compiles app.scss and copies GOV.UK Frontend's script into auditflow/static, and axe into the browser tests.
// `node build.mjs --check` writes nothing and fails when what is committed differs from what would be made.
import { readFileSync, writeFileSync, mkdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const checking = process.argv.includes("--check");

const css = sass.compile(join(here, "app.scss"), {
  loadPaths: [here],
  style: "compressed",
  quietDeps: true,
}).css;

// What a council may not use must not slip in with an update.
for (const forbidden of ["GDS Transport", "@font-face", "crest", "crown"]) {
  if (css.includes(forbidden)) throw new Error(`app.css contains "${forbidden}"`);
}

// The source map is not shipped, so its comment would only be a failed request.
const script = (path) => readFileSync(join(here, "node_modules", path), "utf8").replace(/\s*\/\/# sourceMappingURL=.*\s*$/, "\n");

const outputs = {
  "auditflow/static/app.css": css.replace(/^\uFEFF/, "") + "\n",
  "auditflow/static/govuk-frontend.min.js": script("govuk-frontend/dist/govuk/govuk-frontend.min.js"),
  "auditflow/static/images/icon-document.svg": script("@ministryofjustice/frontend/moj/assets/images/icon-document.svg"),
  "tests/browser/vendor/axe.min.js": script("axe-core/axe.min.js"),
};

let stale = 0;
for (const [path, content] of Object.entries(outputs)) {
  const target = join(root, path);
  const same = existsSync(target) && readFileSync(target, "utf8") === content;
  if (checking && !same) {
    console.error(`${path} is not what assets/ makes. Run "npm install && npm run build" in assets/ and commit it.`);
    stale += 1;
  } else if (!same) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    console.log(`wrote ${path} (${content.length} characters)`);
  }
}
process.exitCode = stale ? 1 : 0;

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { BASE, IMAGE_NAMES, programsOf, recipeOf } from "../../../offline/build/image-recipes";
import { PLUGIN_RECIPES, pluginNames } from "../../../offline/build/plugins";

const OFFLINE = join(__dirname, "..", "..", "..", "offline");

/** Versions that a `go.mod` requires, by module. */
function requirements(folder: string): Map<string, string> {
    const text = readFileSync(join(OFFLINE, folder, "go.mod"), "utf8");
    const blocks = [...text.matchAll(/^require \(\n([^)]*)^\)/gm)].map(([, block = ""]) => block);
    return new Map(
        blocks
            .flatMap((block) => [...block.matchAll(/^\t(\S+) (\S+)/gm)])
            .map(([, module = "", version = ""]) => [module, version]),
    );
}

const cli = requirements("toolchain");
const plugins = pluginNames.map((name) => ({ name, modules: requirements(join("plugins", name)) }));
const shared = [...new Set(plugins.flatMap(({ modules }) => [...modules.keys()]))].sort();

/**
 * Modules of which the plugins need a newer version than the CLI's release was made with. The CLI stays as it was released; everything
 * that imports one of these is compiled for the CLI and once more for the plugins.
 */
const NEWER_THAN_THE_CLI: Readonly<Record<string, string>> = {
    "github.com/djherbis/times": "the bridge",
    "github.com/go-git/go-billy/v6": "the bridge",
    "github.com/go-git/go-git/v6": "the bridge",
    "github.com/olekukonko/tablewriter": "the bridge; another interface",
    "github.com/pulumi/inflector": "the bridge",
    "github.com/santhosh-tekuri/jsonschema/v5": "the bridge",
    "github.com/segmentio/encoding": "the bridge",
    "github.com/zclconf/go-cty": "the bridge and the Terraform providers",
    "github.com/Azure/go-ansiterm": "the Docker provider",
    "github.com/gorilla/mux": "the Docker provider",
    "github.com/jonboulle/clockwork": "the Docker provider",
    "github.com/moby/term": "the Docker provider",
    "github.com/xeipuuv/gojsonpointer": "the Docker provider",
    "github.com/hashicorp/vault/api": "the Vault provider",
};

/** Which plugins require which version of a module, other than the CLI's or {@link OLDER_THAN_THE_CLI}. */
function apartFromTheCli(module: string): { readonly name: string; readonly version: string }[] {
    return plugins.flatMap(({ name, modules }) => {
        const version = modules.get(module);
        const isExpected = version === cli.get(module) || module in (OLDER_THAN_THE_CLI[name] ?? {});
        return version === undefined || isExpected ? [] : [{ name, version }];
    });
}

/** Modules of which a plugin needs an older version than the CLI's release was made with, and why. */
const OLDER_THAN_THE_CLI: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    command: {
        "github.com/pulumi/pulumi/pkg/v3":
            "pulumi-go-provider 1.3.2 does not compile with it since `Provider` of a schema is a pointer",
        "github.com/pulumi/pulumi/sdk/v3": "the module above does not compile with a newer one",
    },
};

describe("what the CLI and the plugins share is compiled once, because", () => {
    test("plugins require the CLI's versions, except of the modules named here", () => {
        const apart = shared.filter((module) => cli.has(module) && apartFromTheCli(module).length > 0);
        expect(apart).toEqual(Object.keys(NEWER_THAN_THE_CLI).sort());
    });

    test("an exception that is not needed any more is removed", () => {
        const needless = plugins.flatMap(({ name, modules }) =>
            Object.keys(OLDER_THAN_THE_CLI[name] ?? {}).filter((module) => modules.get(module) === cli.get(module)),
        );
        expect(needless).toEqual([]);
    });

    test("plugins that cannot have the CLI's version of a module agree on another one", () => {
        const apart = shared.flatMap((module) => {
            const required = apartFromTheCli(module);
            const versions = new Set(required.map(({ version }) => version));
            return versions.size > 1 ? required.map(({ name, version }) => `${name}: ${module} ${version}`) : [];
        });
        expect(apart).toEqual([]);
    });

    test("bridged plugins replace the plugin SDK of Terraform with the same fork", () => {
        const replaced = pluginNames.map((name) => {
            const text = readFileSync(join(OFFLINE, "plugins", name, "go.mod"), "utf8");
            return /terraform-plugin-sdk\/v2 => (.+)/.exec(text)?.[1];
        });
        expect(new Set(replaced.filter(Boolean)).size).toBe(1);
    });
});

describe("what Temporal's images share is compiled once, because", () => {
    const server = requirements(join("images", "temporal"));

    test.each(["temporal-admin-tools", "temporal-ui"])("%s requires the server's versions", (name) => {
        const modules = [...requirements(join("images", name))].filter(([module]) => server.has(module));
        expect(modules.length).toBeGreaterThan(20);
        expect(modules.filter(([module, version]) => server.get(module) !== version)).toEqual([]);
    });

    test("all are built with the same tags", () => {
        const names = ["temporal", "temporal-admin-tools", "temporal-ui"];
        const tags = names.flatMap((name) => Object.values(programsOf(name, recipeOf(name))).map((it) => it.tags));
        expect(new Set(tags.map((it) => JSON.stringify(it))).size).toBe(1);
    });
});

describe("a module that is compiled from a copy", () => {
    const ofImages = IMAGE_NAMES.filter((name) => name !== BASE).flatMap((name) =>
        Object.values(programsOf(name, recipeOf(name))).map(({ copies }) => [join("images", name), copies] as const),
    );
    const ofPlugins = Object.entries(PLUGIN_RECIPES).map(
        ([name, { copies }]) => [join("plugins", name), copies] as const,
    );
    const all = [...ofImages, ...ofPlugins];
    const copied = all.flatMap(([folder, copies = {}]) =>
        Object.entries(copies).map(([place, { module }]) => [folder, place, module] as const),
    );

    test.each(copied)(
        "%s: %s is the version that go.mod requires, and go.mod leads to the copy",
        (folder, place, copy) => {
            const [module = "", version] = copy.split("@");
            expect(requirements(folder).get(module)).toBe(version);
            const text = readFileSync(join(OFFLINE, folder, "go.mod"), "utf8");
            expect(text).toMatch(new RegExp(`^(replace |\\t)${module.replaceAll(".", "\\.")} => \\./${place}$`, "m"));
        },
    );

    test("is named in the recipe, unless the folder is a whole module of ours", () => {
        const folders = all.flatMap(([folder, copies = {}]) => {
            const file = join(OFFLINE, folder, "go.mod");
            const text = existsSync(file) ? readFileSync(file, "utf8") : "";
            return [...text.matchAll(/=> \.\/(\S+)$/gm)].map(([, place = ""]) => ({
                place: join(folder, place),
                isMade: place in copies || existsSync(join(OFFLINE, folder, place, "go.mod")),
            }));
        });
        expect(folders.length).toBeGreaterThan(2);
        expect(folders.filter(({ isMade }) => !isMade)).toEqual([]);
    });
});

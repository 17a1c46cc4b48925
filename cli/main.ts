/** `strata <verb>`: parses the command line and hands over to `commands/`. Started by `launch.mjs`. */

/* eslint-disable @typescript-eslint/no-require-imports -- in CommonJS, `require` inside a function is the lazy import */
import { Command } from "commander";

import type * as checkModule from "./commands/check";
import type * as ciModule from "./commands/ci";
import type * as doctorModule from "./commands/doctor";
import type * as downModule from "./commands/down";
import type * as envModule from "./commands/env";
import type * as logsModule from "./commands/logs";
import type * as personModule from "./commands/person";
import type * as pinsModule from "./commands/pins";
import type * as previewModule from "./commands/preview";
import type * as productModule from "./commands/product";
import type * as productNewModule from "./commands/product-new";
import type * as rotateModule from "./commands/rotate";
import type * as setupModule from "./commands/setup";
import type * as statusModule from "./commands/status";
import type * as mirrorModule from "./commands/mirror";
import type * as testModule from "./commands/test";
import type * as upModule from "./commands/up";
import type * as verifyModule from "./commands/verify";
import { ExitCode } from "./failure";
import { listenForInterrupts } from "./interrupt";
import { refuseKeptOptions } from "./npm-options";
import { reportError } from "./output/error";
import { LOCAL } from "./stacks/stack";
import { withVersion } from "./version";

/** Options of a command. Commander does not know their type; each command declares its own. */
type Options = never;

/** An action that loads its command when it is called: `strata logs` need not wait for the modules of `strata up`. */
function verb<M>(load: () => M, call: (module: M, options: Options, args: string[]) => Promise<number>) {
    return async (...given: unknown[]): Promise<void> => {
        const command = given.at(-1) as Command;
        process.exitCode = await call(load(), command.optsWithGlobals<Options>(), command.args);
    };
}

/** The whole command line. Throws instead of ending the process. */
export function commandLine(): Command {
    const program = new Command("strata")
        .description("A multi-tenant SaaS platform on Docker engines")
        .showHelpAfterError("next: npm run strata -- <verb> --help lists what is accepted")
        .exitOverride();
    const onStack = (name: string, description: string, group: Command = program): Command =>
        group
            .command(name)
            .description(description)
            .option("-s, --stack <name>", "environment, as in Pulumi.<name>.yaml", LOCAL)
            .option("--config-file <path>", "stack file of an environment that has none in the root")
            .option("--json", "print one JSON document instead of text");

    const onRightEngine = (command: Command): Command =>
        command.option("--right-engine", "this is the environment's engine, although it has nothing of it");
    /** Adds the options of every verb that updates an environment. */
    const updating = (command: Command): Command =>
        onRightEngine(command)
            .option("--change-supply", "go on with other plugins and images than the environment was made with")
            .option("-y, --yes", "do not ask; needed outside local and test-* where nobody can be asked")
            .option(
                "--delete-data <name...>",
                "let an update delete these with their data, named as the plan names them",
            );

    onStack("setup", "get everything that up and test need; does nothing when all is there")
        .option("--all", "images of all kinds, not only those of the stack")
        .option("--install", "start or install the Docker engine, also where up would leave it alone")
        .action(
            verb(
                () => require("./commands/setup") as typeof setupModule,
                ({ setup }, options) => setup(options),
            ),
        );
    onStack("doctor", "look whether this machine can run the stack").action(
        verb(
            () => require("./commands/doctor") as typeof doctorModule,
            ({ doctor }, options) => doctor(options),
        ),
    );
    onStack("env", 'print shell lines for plain pulumi: eval "$(npm run -s strata -- env)"').action(
        verb(
            () => require("./commands/env") as typeof envModule,
            ({ env }, options) => env(options),
        ),
    );
    updating(onStack("up", "make the environment what the stack declares"))
        .option("--refresh", "look at every object on the engine first")
        .option(
            "--accept-data-loss [volume...]",
            "accept that data volumes are lost, and make them again, empty: the named ones, or all",
        )
        .option(
            "--restored [volume...]",
            "accept data volumes as restored from a backup, although their data is not the state's: the named ones, or all",
        )
        .action(
            verb(
                () => require("./commands/up") as typeof upModule,
                ({ up }, options) => up(options),
            ),
        );
    onRightEngine(onStack("preview", "show what up would change"))
        .option("--refresh", "look at every object on the engine first")
        .option("--change-supply", "look with other plugins and images than the environment was made with")
        .option("--expect-no-changes", `end with ${ExitCode.changes} when anything would change`)
        .action(
            verb(
                () => require("./commands/preview") as typeof previewModule,
                ({ preview }, options) => preview(options),
            ),
        );
    onRightEngine(onStack("down", "remove the environment; data stays"))
        .option("--volumes", "remove its data too, after its name was typed")
        .option("--confirm <name>", "the environment's name, for scripts")
        .option("--without-state", "also remove what the state does not know; throw-away environments only")
        .action(
            verb(
                () => require("./commands/down") as typeof downModule,
                ({ down }, options) => down(options),
            ),
        );
    onStack("status", "show what runs; ends with 1 when something is broken, 2 when that cannot be told").action(
        verb(
            () => require("./commands/status") as typeof statusModule,
            ({ status }, options) => status(options),
        ),
    );
    onStack(
        "verify",
        "try what each container reaches, and compare it with the declared flows; ends with 0, 1, 2",
    ).action(
        verb(
            () => require("./commands/verify") as typeof verifyModule,
            ({ verify }, options) => verify(options),
        ),
    );
    updating(
        onStack("rotate", "make new logins for agents, or new certificates for authorities; services keep running"),
    )
        .argument("<what>", "secret-ids, or authorities")
        .option("--service <name...>", "only of these services, for example psra-api")
        .action(
            verb(
                () => require("./commands/rotate") as typeof rotateModule,
                ({ rotate }, options, args) => rotate(args, options),
            ),
        );
    onStack("mirror", "fill a mirror with all that the set-up downloads, for machines without the internet")
        .argument("<folder>", "for the archives and mirror.json; a web server serves it")
        .requiredOption("--registry <host[:port][/path]>", "where the images go; the docker client is logged in there")
        .option("--platform <os/arch...>", "machines that will use it, for example linux/arm64")
        .action(
            verb(
                () => require("./commands/mirror") as typeof mirrorModule,
                ({ mirror }, options, args) => mirror(args, options),
            ),
        );
    const person = program.command("person").description("the people who may log in (stacks with Keycloak)");
    const people = (): typeof personModule => require("./commands/person") as typeof personModule;
    onStack("add", "make an account; its temporary password is shown once", person)
        .requiredOption("--username <name>", "lower-case letters, digits and . _ @ -")
        .requiredOption("--email <address>", "counts as verified")
        .option("--first-name <name>")
        .option("--last-name <name>")
        .option("--group <name...>", "declared groups, for example Administrators")
        .option("--tenant <name>", "the customer a person works for")
        .action(verb(people, ({ add }, options) => add(options)));
    onStack("list", "who has an account, in which groups, and with a second factor or not", person).action(
        verb(people, ({ list }, options) => list(options)),
    );
    onStack("groups", "put a person into these groups, out of all others, and end the person's sessions", person)
        .argument("<username>", "as person list shows it")
        .option("--group <name...>", "declared groups: all that the person is to be in")
        .option("--none", "no group")
        .action(verb(people, ({ groups }, options, args) => groups(args, options)));
    onStack("enable", "let a person log in again", person)
        .argument("<username>", "as person list shows it")
        .action(verb(people, ({ enable }, options, args) => enable(args, options)));
    onStack("disable", "let a person log in no more, and end the person's sessions", person)
        .argument("<username>", "as person list shows it")
        .action(verb(people, ({ disable }, options, args) => disable(args, options)));
    onStack("reset", "a new temporary password and a new second factor for a person", person)
        .argument("<username>", "as person list shows it")
        .action(verb(people, ({ reset }, options, args) => reset(args, options)));
    onStack("forget", "delete a person for good, where a law asks for it; the username is typed first", person)
        .argument("<username>", "as person list shows it")
        .option("--confirm <username>", "the username, for scripts")
        .action(verb(people, ({ forget }, options, args) => forget(args, options)));
    onStack("logs", "show what services wrote")
        .argument("[service...]", "as status shows them, for example psra-api; without one, all")
        .option("-f, --follow", "go on until Ctrl-C")
        .option("-n, --tail <lines>", "lines per service, or all", "100")
        .action(
            verb(
                () => require("./commands/logs") as typeof logsModule,
                ({ logs }, options, args) => logs(args, options),
            ),
        );
    const product = program.command("product").description("begin a product, or remove one with its data");
    product
        .command("new")
        .description("write products/<name>.ts: stores, an API, a frontend, secrets, roles; passes every check")
        .argument("<name>", "the product's, for example shop")
        .option("--description <text>", "one line for people")
        .option("--images <prefix>", "registry and owner of its images", "ghcr.io/example")
        .action(
            verb(
                () => require("./commands/product-new") as typeof productNewModule,
                ({ productNew }, options, [name = ""]) => productNew(name, options),
            ),
        );
    updating(onStack("remove", "delete the data of a product that was taken out of the stack", product))
        .argument("<name>", "the product, for example psra")
        .option("--confirm <name>", "the product's name, for scripts")
        .action(
            verb(
                () => require("./commands/product") as typeof productModule,
                ({ removeProduct }, options, [name = ""]) => removeProduct(name, options),
            ),
        );
    const ci = program.command("ci").description("plan and drift for the jobs of a CI");
    const jobs = (): typeof ciModule => require("./commands/ci") as typeof ciModule;
    const reporting = (command: Command): Command =>
        command.requiredOption("--output <file>", "for the report, as Markdown");
    reporting(onStack("plan", "preview with the policies, and write the plan", ci)).action(
        verb(jobs, ({ ciPlan }, options) => ciPlan(options)),
    );
    reporting(
        onStack(
            "drift",
            `check for drift, with a report; ends with ${ExitCode.changes} when something is not as declared`,
            ci,
        ),
    ).action(verb(jobs, ({ ciDrift }, options) => ciDrift(options)));
    ci.command("comment")
        .description("put a report on the pull request of a GitHub job, in place of the last one about the subject")
        .requiredOption("--subject <text>", "what it is about, for example: plan staging")
        .requiredOption("--file <file>", "the report")
        .action(verb(jobs, ({ ciComment }, options) => ciComment(options)));
    program
        .command("pins")
        .description("compare images.lock.json and downloads.lock.json with registries and servers")
        .option("--write", "write the locks as they should be")
        .action(
            verb(
                () => require("./commands/pins") as typeof pinsModule,
                ({ pins }, options) => pins(options),
            ),
        );
    program
        .command("test")
        .description("run the tests: [unit|policy|golden|conformance|integration ...] [options of jest]")
        .argument("[words...]", "levels, and what jest takes; without one, everything")
        .option("--update-golden", "write the golden files anew")
        .option("--all", "run conformance again, although nothing has changed since it passed")
        .allowUnknownOption()
        .action(
            verb(
                () => require("./commands/test") as typeof testModule,
                ({ test }, options, args) => test(args, options),
            ),
        );
    program
        .command("check")
        .description("format, lint and types; the tests are npm test")
        .action(
            verb(
                () => require("./commands/check") as typeof checkModule,
                ({ check }) => check(),
            ),
        );
    return withVersion(program);
}

async function main(): Promise<void> {
    // The reader of the output may stop reading, as `head` does: the work goes on to its end.
    for (const stream of [process.stdout, process.stderr]) {
        stream.on("error", (error: NodeJS.ErrnoException) => {
            if (error.code !== "EPIPE") throw error;
        });
    }
    listenForInterrupts(() => {
        console.error("\nstopped; run it again to go on: finished steps are kept");
        process.exit(ExitCode.interrupted);
    });
    try {
        const program = commandLine();
        refuseKeptOptions(program, process.argv.slice(2), process.env);
        await program.parseAsync(process.argv);
    } catch (error) {
        process.exitCode = reportError(error);
    }
}

if (require.main === module) void main();

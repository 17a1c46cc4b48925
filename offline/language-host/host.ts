/**
 * `pulumi-language-nodejs`: what the Pulumi engine starts to run Node programs and policy packs.
 *
 * The engine starts it with its own address as the last argument, reads the port of a gRPC server from the first line
 * of the output, and calls `pulumirpc.LanguageRuntime` there:
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService, type ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { killAll, startNode, stop, stopAll } from "./child";
import {
    configurationVariables,
    installedDependencies,
    optionVariables,
    programArguments,
    runtimeOptions,
    sdkScript,
} from "./program";

/** Exit code of the SDK's scripts for "I have told the user already what is wrong". */
const alreadyReported = 32;
/** As in the engine: states and plans may be larger than gRPC's 4 MiB. */
const messageLimit = 400 * 1024 * 1024;
/** Set by the build to the version of the toolchain. */
declare const TOOLCHAIN_VERSION: string;

const argv = process.argv.slice(2);
const engineArgument = argv.filter((argument) => !argument.startsWith("-")).at(-1) ?? "";
const tracing = argv.find((argument) => /^--?tracing=/.test(argument))?.replace(/^--?tracing=/, "");
let engine = engineArgument;

const optionsOf = (info: language.ProgramInfo | undefined): ReturnType<typeof runtimeOptions> =>
    runtimeOptions((info?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>);

/** Runs the program to its end. A failure of the program is an answer, not an error of the call. */
async function run(
    call: grpc.ServerUnaryCall<language.RunRequest, language.RunResponse>,
): Promise<language.RunResponse> {
    const request = call.request;
    const options = optionsOf(request.getInfo());
    const script = sdkScript(request.getInfo()?.getProgramDirectory() ?? request.getPwd(), "cmd/run");
    const child = startNode([...options.nodeargs, script, ...programArguments(request, engine, tracing)], {
        env: { ...process.env, ...configurationVariables(request), ...optionVariables(options) },
        stdio: ["ignore", "inherit", "inherit"], // the engine shows the host's output as the program's
    });
    call.on("cancelled", () => stop(child.process));
    const { code, signal } = await child.ended;
    const response = new language.RunResponse();
    if (code === alreadyReported) response.setBail(true);
    else if (code !== 0) response.setError(`the program ${signal ? `was ended by ${signal}` : `exited with code ${String(code)}`}`);
    return response;
}

/** Runs a policy pack (or another plugin written for Node), streaming its output: its first line is its port. */
async function runPlugin(
    call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
): Promise<void> {
    const request = call.request;
    const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
    const options = optionsOf(request.getInfo());
    const isPolicyPack = request.getKind() === "analyzer";
    const script = sdkScript(folder, isPolicyPack ? "cmd/run-policy-pack" : "cmd/run-plugin");
    // The policy pack's script takes the engine's address first and the folder last; any other, the folder first.
    const args = isPolicyPack ? [...request.getArgsList(), folder] : [folder, ...request.getArgsList()];
    const child = startNode([...options.nodeargs, script, ...args], {
        cwd: isPolicyPack ? folder : request.getPwd(),
        env: { ...process.env, ...variables(request.getEnvList()), ...optionVariables(options) },
        stdio: ["ignore", "pipe", "pipe"],
    });
    call.on("cancelled", () => stop(child.process));
    child.process.stdout?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStdout(data)));
    child.process.stderr?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStderr(data)));
    const { code } = await child.ended;
    call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
}

/** `NAME=value` lines as an environment. */
function variables(lines: readonly string[]): NodeJS.ProcessEnv {
    return Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
    );
}

/** A handler that answers with a message, at once or later; what it throws is the call's error. */
function answer<Request, Response>(
    handler: (call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        Promise.resolve()
            .then(() => handler(call))
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: describe(error) }),
            );
    };
}

function describe(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** Code generation and packaging of SDKs: nothing that running a program needs. */
const notOffered = (what: string): grpc.handleUnaryCall<never, never> => {
    return (_call, callback) => callback({ code: grpc.status.UNIMPLEMENTED, details: `${what}: use the published toolchain` });
};

const service: ILanguageRuntimeServer = {
    handshake: answer((call) => {
        engine = call.request.getEngineAddress() || engine;
        return new language.LanguageHandshakeResponse();
    }),
    run: answer(run),
    runPlugin: (call) => {
        runPlugin(call).catch((error: unknown) => call.emit("error", { code: grpc.status.UNKNOWN, details: describe(error) }));
    },
    cancel: answer(() => {
        stopAll();
        return new Empty();
    }),
    // Plugins are installed by the set-up, with the versions of the npm SDKs: nothing to look for.
    getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
    installDependencies: (call) => call.end(),
    getPluginInfo: answer(() => new plugin.PluginInfo().setVersion(TOOLCHAIN_VERSION)),
    about: answer(() => new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    getProgramDependencies: answer((call) =>
        new language.GetProgramDependenciesResponse().setDependenciesList(
            installedDependencies(call.request.getInfo()?.getProgramDirectory() ?? call.request.getPwd()).map(
                ({ name, version }) => new language.DependencyInfo().setName(name).setVersion(version),
            ),
        ),
    ),
    runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
    template: answer(() => new language.TemplateResponse()),
    generateProgram: notOffered("generating a program"),
    generateProject: notOffered("generating a project"),
    generatePackage: notOffered("generating an SDK"),
    pack: notOffered("packing an SDK"),
    link: notOffered("linking an SDK"),
};

// The engine ends this process when it is done. An interrupt reaches the engine too, which then calls `cancel`.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => {
    killAll();
    process.exit(0);
});
// An engine that was killed ends nothing; its programs must not go on without it.
const parent = process.ppid;
setInterval(() => {
    if (process.ppid === parent) return;
    killAll();
    process.exit(1);
}, 1_000).unref();

const server = new grpc.Server({
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
});
server.addService(LanguageRuntimeService, service);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${String(port)}\n`);
});

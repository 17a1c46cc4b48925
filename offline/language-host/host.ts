/**
 * `pulumi-language-nodejs`: the program that the Pulumi engine starts to run Node programs and policy packs.
 *
 * The engine passes its own address as the last argument, reads the port of a gRPC server from the first line of the output, and calls
 * `pulumirpc.LanguageRuntime` there:
 * https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
import type { ChildProcess } from "node:child_process";

import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService, type ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { isIdle, killAll, startNode, stop, stopAll } from "./child";
import { servePolicyPack } from "./policy-pack";
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
const channelOptions = {
    "grpc.max_receive_message_length": messageLimit,
    "grpc.max_send_message_length": messageLimit,
};
/** Set by the build to the version of the toolchain. */
declare const TOOLCHAIN_VERSION: string;

const argv = process.argv.slice(2);
const engineArgument = argv.filter((argument) => !argument.startsWith("-")).at(-1) ?? "";
const tracing = argv.find((argument) => /^--?tracing=/.test(argument))?.replace(/^--?tracing=/, "");
let engine = engineArgument;

const optionsOf = (info: language.ProgramInfo | undefined): ReturnType<typeof runtimeOptions> =>
    runtimeOptions(info?.getOptions()?.toJavaScript() ?? {});

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
    else if (code !== 0)
        response.setError(`the program ${signal ? `was ended by ${signal}` : `exited with code ${String(code)}`}`);
    return response;
}

type RunPluginCall = grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>;

/** Runs a policy pack or another plugin written for Node, streaming its output: the first line is its port. */
async function runPlugin(call: RunPluginCall): Promise<void> {
    const request = call.request;
    const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
    const options = optionsOf(request.getInfo());
    const environment = { ...process.env, ...variables(request.getEnvList()), ...optionVariables(options) };
    const stdio = ["ignore", "pipe", "pipe"] as const;
    const stdout = (data: Buffer): unknown => call.write(new language.RunPluginResponse().setStdout(data));
    const stderr = (data: Buffer): unknown => call.write(new language.RunPluginResponse().setStderr(data));
    const end = (code: number | null): void => {
        call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
        call.end();
    };

    if (request.getKind() !== "analyzer") {
        const script = sdkScript(folder, "cmd/run-plugin");
        const child = startNode([...options.nodeargs, script, folder, ...request.getArgsList()], {
            cwd: request.getPwd(),
            env: environment,
            stdio: [...stdio],
        });
        call.on("cancelled", () => stop(child.process));
        child.process.stdout?.on("data", stdout);
        child.process.stderr?.on("data", stderr);
        end((await child.ended).code);
        return;
    }

    const script = sdkScript(folder, "cmd/run-policy-pack");
    const { port, close } = await servePolicyPack((stackVariables) => {
        // The engine's address comes first, the folder last.
        const child = startNode([...options.nodeargs, script, ...request.getArgsList(), folder], {
            cwd: folder,
            env: { ...environment, ...stackVariables },
            stdio: [...stdio],
        });
        call.on("cancelled", () => stop(child.process));
        child.process.stderr?.on("data", stderr);
        const ended = child.ended.then(({ code }) => {
            end(code);
            throw new Error(`the policy pack in ${folder} ended with code ${String(code)} before it could be asked`);
        });
        return Promise.race([portOf(child.process, stdout), ended]);
    }, channelOptions);
    call.on("cancelled", close);
    stdout(Buffer.from(`${String(port)}\n`));
}

/** The number on the first line of a program's output. The rest is passed on. */
function portOf(child: ChildProcess, rest: (data: Buffer) => void): Promise<number> {
    return new Promise((resolve) => {
        let head = "";
        const first = (data: Buffer): void => {
            head += data.toString();
            const end = head.indexOf("\n");
            if (end < 0) return;
            child.stdout?.off("data", first);
            child.stdout?.on("data", rest);
            if (head.length > end + 1) rest(Buffer.from(head.slice(end + 1)));
            resolve(Number(head.slice(0, end)));
        };
        child.stdout?.on("data", first);
    });
}

/** `NAME=value` lines as an environment. */
function variables(lines: readonly string[]): NodeJS.ProcessEnv {
    return Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
    );
}

/** A gRPC handler around a function that returns a message or a promise of one. An exception becomes the call's error. */
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

/** Refuses code generation and packaging of SDKs, which running a program does not need. */
function notOffered<Request, Response>(what: string): grpc.handleUnaryCall<Request, Response> {
    const refusal = { code: grpc.status.UNIMPLEMENTED, details: `${what} needs the published pulumi-language-nodejs` };
    return (_call, callback) => callback(refusal);
}

const service: ILanguageRuntimeServer = {
    handshake: answer((call) => {
        engine = call.request.getEngineAddress() || engine;
        return new language.LanguageHandshakeResponse();
    }),
    run: answer(run),
    runPlugin: (call) => {
        runPlugin(call).catch((error: unknown) =>
            call.emit("error", { code: grpc.status.UNKNOWN, details: describe(error) }),
        );
    },
    cancel: answer(() => {
        stopAll();
        return new Empty();
    }),
    // The set-up installs plugins with the versions of the npm SDKs, so the engine does not look for any.
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

// When the engine no longer needs this process, it sends an interrupt and waits five seconds for the process to end. A person's
// interrupt reaches the engine, too, which then calls `cancel`: the program ends in order, and then this process.
process.on("SIGINT", () => {
    setInterval(() => {
        if (isIdle()) process.exit(0);
    }, 20);
});
process.on("SIGTERM", () => {
    killAll();
    process.exit(0);
});
// A killed engine cannot end its programs, and they must not go on without it.
const parent = process.ppid;
setInterval(() => {
    if (process.ppid === parent) return;
    killAll();
    process.exit(1);
}, 1_000).unref();

const server = new grpc.Server(channelOptions);
server.addService(LanguageRuntimeService, service);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${String(port)}\n`);
});

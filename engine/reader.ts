/** Reads one engine: lists and inspects its objects, and explains why it does not answer. */

import { LABEL } from "../model/names";
import { chooseEngine, type EngineChoice, surroundings } from "./choice";
import { type Docker, dockerClient, type Ended, lastWords, saysGone } from "./client";
import { EngineError } from "./error";
import { readHost } from "./host";
import { type EngineInfo, type EngineVersion, identityOf, readVersion, VERSION_FORMAT } from "./info";
import { explainSilence, type Silence } from "./silence";

/** Milliseconds after which an engine counts as not answering. */
const ANSWER_MILLISECONDS = 10_000;

/** Reads one engine through the docker client. */
export class EngineReader {
    /**
     * @param env - environment of the docker client, as `clientEnvironment` makes it
     * @param choice - the engine that the environment chooses, and why
     * @param docker - runs the docker client; never throws
     */
    constructor(
        private readonly env: NodeJS.ProcessEnv,
        readonly choice: EngineChoice = chooseEngine({}, surroundings(env)),
        readonly docker: Docker = dockerClient(env),
    ) {}

    /** Version of the server, or `undefined` when it does not answer. */
    async version(): Promise<EngineVersion | undefined> {
        const answer = await this.answer();
        return "silence" in answer ? undefined : answer;
    }

    /** Version of the server, or why it does not answer. */
    async answer(): Promise<EngineVersion | { readonly silence: Silence }> {
        const asked = await this.docker(["version", "--format", VERSION_FORMAT], ANSWER_MILLISECONDS);
        const version = asked.code === 0 ? readVersion(asked.stdout) : undefined;
        return version ?? { silence: explainSilence(this.choice, asked, readHost(this.choice, this.env)) };
    }

    /** An error that says why the engine does not answer. */
    silent(silence: Silence): EngineError {
        return new EngineError(silence.value, silence.next);
    }

    /** `docker info`, or `undefined` when the call fails. */
    async info(): Promise<EngineInfo | undefined> {
        const asked = await this.docker(["info", "--format", "{{json .}}"], ANSWER_MILLISECONDS);
        return asked.code === 0 ? (JSON.parse(asked.stdout) as EngineInfo) : undefined;
    }

    /** Text that distinguishes the engine from others: see {@link identityOf}. */
    async identity(): Promise<string | undefined> {
        return identityOf(await this.info());
    }

    /**
     * Lines that a call of the docker client prints.
     *
     * @param environment - only objects of this environment. @default all objects
     * @throws EngineError when the call fails
     */
    async list(command: readonly string[], environment?: string): Promise<string[]> {
        const own = environment === undefined ? [] : ["--filter", `label=${LABEL.environment}=${environment}`];
        const asked = await this.docker([...command, ...own]);
        if (asked.code !== 0) throw await this.failed(asked);
        return asked.stdout.split("\n").filter(Boolean);
    }

    /**
     * Output of `docker inspect` for objects of a kind. Objects that disappeared since their ids were listed are left out.
     *
     * @throws EngineError when the call fails
     */
    async inspect<T>(kind: string, ids: readonly string[]): Promise<T[]> {
        if (ids.length === 0) return [];
        const asked = await this.docker([kind, "inspect", ...ids]);
        // The objects that exist are on standard output, even when others have disappeared.
        if (asked.code !== 0 && !saysGone(asked.stderr)) throw await this.failed(asked);
        return JSON.parse(asked.stdout || "[]") as T[];
    }

    /** The error of a failed call: why the engine does not answer, or, when it does answer, the client's last line. */
    private async failed(asked: Ended): Promise<EngineError> {
        const answer = await this.answer();
        if ("silence" in answer) return this.silent(answer.silence);
        return new EngineError(`the Docker engine refused: ${lastWords(asked)}`, "run: npm run doctor");
    }
}

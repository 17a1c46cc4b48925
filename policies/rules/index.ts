import type { Policies } from "@pulumi/policy";

import { agentDeliversSecrets } from "./agent-delivers-secrets";
import { approleLimitsLogins } from "./approle-limits-logins";
import { clientReturnsToOwner } from "./client-returns-to-owner";
import { commandSilencesInput } from "./command-silences-input";
import { containerAsksNoResolver } from "./container-asks-no-resolver";
import { containerBelongsToPlan } from "./container-belongs-to-plan";
import { containerBindsExplicitAddress } from "./container-binds-explicit-address";
import { containerChecksHealth } from "./container-checks-health";
import { containerDropsCapabilities } from "./container-drops-capabilities";
import { containerForwardsNothing } from "./container-forwards-nothing";
import { containerGainsNoPrivileges } from "./container-gains-no-privileges";
import { containerHidesSecrets } from "./container-hides-secrets";
import { containerJoinsNamedNetworks } from "./container-joins-named-networks";
import { containerJoinsPlannedZones } from "./container-joins-planned-zones";
import { containerLimitsResources } from "./container-limits-resources";
import { containerLocksRootFilesystem } from "./container-locks-root-filesystem";
import { containerMountsNoHostPath } from "./container-mounts-no-host-path";
import { containerOpensNoDevice } from "./container-opens-no-device";
import { containerPinsImage } from "./container-pins-image";
import { containerPublishesAtEdge } from "./container-publishes-at-edge";
import { containerPublishesFromOpenNetwork } from "./container-publishes-from-open-network";
import { containerReachesDeclaredFlows } from "./container-reaches-declared-flows";
import { containerRestartsItself } from "./container-restarts-itself";
import { containerRotatesLogs } from "./container-rotates-logs";
import { containerRunsAsUser } from "./container-runs-as-user";
import { containerRunsFixedRelease } from "./container-runs-fixed-release";
import { containerSharesNoNamespace } from "./container-shares-no-namespace";
import { dataIsProtected } from "./data-is-protected";
import { dataZoneAdmitsClients } from "./data-zone-admits-clients";
import { dockerTypeHasRules } from "./docker-type-has-rules";
import { edgeServesPlannedRoutes } from "./edge-serves-planned-routes";
import { egressProxyServesDeclaredHosts } from "./egress-proxy-serves-declared-hosts";
import { jobBelongsToPlan } from "./job-belongs-to-plan";
import { jobRunsOnce } from "./job-runs-once";
import { nameLeadsToItsService } from "./name-leads-to-its-service";
import { networkBelongsToPlan } from "./network-belongs-to-plan";
import { networkDeclaresOptions } from "./network-declares-options";
import { networkStaysInternal } from "./network-stays-internal";
import { objectCarriesLabels } from "./object-carries-labels";
import { oidcRoleAdmitsMembers } from "./oidc-role-admits-members";
import { oneShotRunsAlone } from "./one-shot-runs-alone";
import { openNetworkAdmitsItsKind } from "./open-network-admits-its-kind";
import { providerVerifiesEngine } from "./provider-verifies-engine";
import { secretsVolumeStaysInMemory } from "./secrets-volume-stays-in-memory";
import { serviceRunsAsOwnUser } from "./service-runs-as-own-user";
import { stackContainsPlan } from "./stack-contains-plan";
import { stackDeclaresFlows } from "./stack-declares-flows";
import { vaultMountBelongsToOwner } from "./vault-mount-belongs-to-owner";
import { vaultPolicyStaysWithOwner } from "./vault-policy-stays-with-owner";
import { vaultTokenSaysWhatPlanSays } from "./vault-token-says-what-plan-says";
import { vaultTypeIsKnown } from "./vault-type-is-known";
import { volumeDeclaresDriver } from "./volume-declares-driver";
import { volumeServesOneService } from "./volume-serves-one-service";
import { zoneServesOneProduct } from "./zone-serves-one-product";

/** Rules over the whole stack, checked at the end of a preview and of an update. They cannot be waived. */
const isolation: Policies = [
    agentDeliversSecrets,
    clientReturnsToOwner,
    containerAsksNoResolver,
    containerBelongsToPlan,
    containerJoinsPlannedZones,
    containerPublishesAtEdge,
    containerPublishesFromOpenNetwork,
    containerReachesDeclaredFlows,
    dataZoneAdmitsClients,
    edgeServesPlannedRoutes,
    egressProxyServesDeclaredHosts,
    jobBelongsToPlan,
    nameLeadsToItsService,
    networkBelongsToPlan,
    networkStaysInternal,
    openNetworkAdmitsItsKind,
    serviceRunsAsOwnUser,
    stackContainsPlan,
    stackDeclaresFlows,
    vaultMountBelongsToOwner,
    vaultPolicyStaysWithOwner,
    vaultTokenSaysWhatPlanSays,
    volumeServesOneService,
    zoneServesOneProduct,
];

/** Rules over each resource, checked before the engine acts on it. */
const resources: Policies = [
    approleLimitsLogins,
    commandSilencesInput,
    containerBindsExplicitAddress,
    containerChecksHealth,
    containerDropsCapabilities,
    containerForwardsNothing,
    containerGainsNoPrivileges,
    containerHidesSecrets,
    containerJoinsNamedNetworks,
    containerLimitsResources,
    containerLocksRootFilesystem,
    containerMountsNoHostPath,
    containerOpensNoDevice,
    containerPinsImage,
    containerRestartsItself,
    containerRotatesLogs,
    containerRunsAsUser,
    containerRunsFixedRelease,
    containerSharesNoNamespace,
    dataIsProtected,
    dockerTypeHasRules,
    jobRunsOnce,
    networkDeclaresOptions,
    objectCarriesLabels,
    oidcRoleAdmitsMembers,
    oneShotRunsAlone,
    providerVerifiesEngine,
    secretsVolumeStaysInMemory,
    vaultTypeIsKnown,
    volumeDeclaresDriver,
];

/** Every rule of the pack. */
export const policies: Policies = [...isolation, ...resources];

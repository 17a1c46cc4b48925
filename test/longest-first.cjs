const { default: Sequencer } = require("@jest/test-sequencer");

/** Files that take minutes, the longest first. Whoever started one of them last would wait for it alone. */
const LONG = [
    "integration/identity",
    "integration/platform",
    "integration/mirror",
    "integration/operators",
    "integration/current-engine",
    "integration/replicas",
    "integration/jobs",
    "integration/mariadb",
    "conformance/",
];

const rank = ({ path }) => {
    const index = LONG.findIndex((part) => path.includes(`/test/${part}`));
    return index < 0 ? LONG.length : index;
};

/** Without it jest goes by the sizes of files, and those of live tests are small: their parts are in folders. */
module.exports = class LongestFirst extends Sequencer {
    sort(tests) {
        return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
    }
};

# Shared by ./run, ./test and ./bench: checks the toolchain, installs packages, builds. Source it; it runs nothing itself.
# The caller has set -euo pipefail and root, the folder of the project.

swift_needed="6.3"

# Ends the script with one line that says what to do.
stop() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit "${2:-2}"
}

# Checks that a Swift toolchain is there and new enough.
prepare_toolchain() {
    local advice="Install Swift ${swift_needed} or newer (https://www.swift.org/install/linux/) and put its bin folder on PATH"
    command -v swift >/dev/null || stop "the Swift toolchain is missing. ${advice}"
    local text found=""
    text=$(swift --version 2>/dev/null) || stop "'swift --version' failed. ${advice}"
    [[ ${text} =~ Swift\ version\ ([0-9]+\.[0-9]+) ]] && found=${BASH_REMATCH[1]}
    [[ -n ${found} ]] || stop "'swift --version' names no version. ${advice}"
    local major=${found%%.*} minor=${found#*.}
    local major_needed=${swift_needed%%.*} minor_needed=${swift_needed#*.}
    if ((major < major_needed || (major == major_needed && minor < minor_needed))); then
        stop "Swift ${found} is too old. ${advice}"
    fi
}

# Prints those packages of the given groups that are not installed.
missing_packages() {
    local group package key wanted=()
    for group in "$@"; do
        while read -r key package; do
            if [[ ${key} == "${group}" ]]; then wanted+=("${package}"); fi
        done <"${root}/packages.txt"
    done
    # One question for all; a name that dpkg has never heard of is an error to it and simply not in the answer.
    local installed
    # shellcheck disable=SC2016  # the braces belong to dpkg-query
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null) || true
    for package in "${wanted[@]}"; do
        if ! grep -qxF "installed ${package}" <<<"${installed}"; then printf '%s\n' "${package}"; fi
    done
}

# Installs what is missing of the given groups; does nothing, quickly, when nothing is.
prepare_packages() {
    if ! command -v dpkg-query >/dev/null; then
        printf 'this is no Debian: the packages that packages.txt names must be there under their own names here\n' >&2
        return
    fi
    local missing=()
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then return; fi
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || stop "please install, as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    printf 'installing packages: %s\n' "${missing[*]}" >&2
    local log
    log=$(mktemp)
    if ! {
        "${as_root[@]}" apt-get update -q &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
    } >"${log}" 2>&1; then
        tail -n 5 "${log}" >&2
        rm -f "${log}"
        stop "the packages could not be installed. Please install, as root: apt-get install ${missing[*]}"
    fi
    rm -f "${log}"
}

# Builds the program, and further products that are named, in release mode; silent unless it takes long or fails.
build_release() {
    local product
    for product in coffer "$@"; do build_product "${product}"; done
}

# Builds one product in release mode.
build_product() {
    local binary="${root}/.build/release/$1"
    # Folders count too: their time changes when a file in them comes or goes.
    if [[ -x ${binary} ]] &&
        [[ -z $(find "${root}/Package.swift" "${root}/Sources" -newer "${binary}" -print -quit) ]]; then
        return
    fi
    if [[ -x ${binary} ]]; then
        printf 'building\n' >&2
    else
        printf 'building (the first time takes some minutes)\n' >&2
    fi
    local log started
    log=$(mktemp)
    started=$(mktemp)
    # Swift's libraries are linked in: a command is done in a few milliseconds, of which loading them would be half.
    if ! swift build -c release --product "$1" --static-swift-stdlib --disable-index-store --package-path "${root}" \
        >"${log}" 2>&1; then
        cat "${log}" >&2
        rm -f "${log}" "${started}"
        stop "the build failed, see above" 1
    fi
    # The binary counts as made when the build began: what was edited meanwhile is newer. A build that found nothing to link
    # would otherwise leave the old time and be tried again on every start.
    touch -c -r "${started}" "${binary}"
    rm -f "${log}" "${started}"
}

#!/usr/bin/env bash
#
# Makes a release: the section of the changelog, archives, the .NET tool, checksums, a software bill of materials, and the tag.
#
# Usage: infra/release.sh VERSION [FOLDER]       for example infra/release.sh 1.2.0 artifacts
#
# Needs a clean checkout and the .NET SDK 10. Commits the changelog and sets the tag; pushes
# nothing. FOLDER (default artifacts/VERSION) then contains
#   attribution-VERSION-linux-x64.tar.gz     self-contained: needs no .NET, but libicu and libssl
#   attribution-VERSION-linux-arm64.tar.gz
#   Attribution.VERSION.nupkg                the .NET tool
#   attribution-VERSION.cdx.json             the bill of materials (CycloneDX)
#   SHA256SUMS                               checksums of all of them
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
  echo "$1" >&2
  exit 1
}

version=${1:-}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "Usage: infra/release.sh VERSION [FOLDER], with a version such as 1.2.0 or 1.2.0-rc.1"
folder=${2:-artifacts/$version}
[ -z "$(git status --porcelain)" ] || fail "The checkout has changes; commit them before the release."
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || fail "The tag v$version exists."
[ -z "$(ls -A "$folder" 2>/dev/null)" ] || fail "$folder is not empty."
for program in dotnet tar gzip sha256sum; do
  command -v "$program" >/dev/null || fail "$program is missing."
done
awk '/^## \[Unreleased\]/ { open = 1; next } /^## / { open = 0 } open && /^- / { found = 1 } END { exit !found }' CHANGELOG.md ||
  fail "CHANGELOG.md lists no unreleased change."

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "changelog"
sed -i "s/^## \[Unreleased\]\$/## [Unreleased]\n\n## [$version] - $(date -u +%F)/" CHANGELOG.md
git commit -q -m "release: $version" CHANGELOG.md
trap 'code=$?; rm -rf "$work"; [ $code = 0 ] || echo "The release is not complete and has no tag. Undo its commit with: git reset --hard HEAD^" >&2' EXIT
build=(-c Release --nologo -v q -p:Version="$version" -p:PublishDocumentationFiles=false)

for runtime in linux-x64 linux-arm64; do
  echo "$runtime"
  name=attribution-$version-$runtime
  dotnet publish src/Attribution.Host "${build[@]}" -r "$runtime" --self-contained -p:PublishReadyToRun=true -o "$work/$name"
  git archive HEAD LICENSE README.md CHANGELOG.md SECURITY.md docs infra schemas | tar -x -C "$work/$name"
  # The same sources make the same archive.
  tar -c -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w --mtime="@$(git log -1 --format=%ct)" "$name" | gzip -n >"$folder/$name.tar.gz"
  rm -rf "${work:?}/$name"
done

echo ".NET tool"
dotnet pack src/Attribution.Host "${build[@]}" -o "$folder"

echo "bill of materials"
dotnet tool restore >/dev/null
dotnet tool run dotnet-CycloneDX src/Attribution.Host/Attribution.Host.csproj --exclude-dev --set-name attribution --set-version "$version" \
  --output-format Json --output "$folder" --filename "attribution-$version.cdx.json" >"$work/sbom.log" || { cat "$work/sbom.log" >&2; exit 1; }

echo "checksums"
(cd "$folder" && sha256sum -- *.tar.gz *.nupkg *.json >SHA256SUMS)
git tag -a "v$version" -m "Attribution $version"
echo "$folder contains version $version. Publish it with: git push origin HEAD v$version"

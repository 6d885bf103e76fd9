# Build a package for Lambda: the wheels of a folder's requirements.txt, code beside it, and the bytecode of both.
#
#   LEFT_OUT="names and patterns" sh package.sh FOLDER PLATFORM PLACE INTO CODE...
#
# Builds run at the same time, in projects that are not ours: each makes its environments in a folder that it removes at the end,
# and writes nowhere else but INTO. Lambda runs the package from PLACE.
set -eu

folder=$1 platform=$2 place=$3 into=$4
shift 4
lock=$(dirname "$0")/uv.txt
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python is too old; set PYTHON to 3.11 or newer")'

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

"$python" -I -m venv "$scratch/uv"
"$scratch/uv/bin/python" -I -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
uv=$scratch/uv/bin/uv
"$uv" venv --quiet --no-project --python 3.13 "$scratch/lambda"

# Links into uv's cache would let a change of the package's files change the cache.
"$uv" pip install --quiet --python "$scratch/lambda/bin/python" --python-platform "$platform-manylinux_2_28" --python-version 3.13 \
	--only-binary :all: --no-deps --require-hashes --no-compile --link-mode copy --target "$into" --requirement "$folder/requirements.txt"
for code; do
	cp -R "$folder/$code" "$into"
done
# The scripts in bin name the Python of this machine, and RECORD has their hashes. LEFT_OUT is relative to the package.
(cd "$into" && rm -rf bin .lock ./*.dist-info/RECORD ${LEFT_OUT-})
find "$into" '(' -name __pycache__ -o -name '*.pyi' ')' -prune -exec rm -rf {} +

# Bytecode of the kind that names no time: the time of a file is no reason to compile it anew.
"$scratch/lambda/bin/python" -I -m compileall -q --invalidation-mode unchecked-hash -s "$into" -p "$place" "$into"
find "$into" -exec env TZ=UTC touch -h -t 198001010000 {} +

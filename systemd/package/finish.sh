#!/bin/sh
# Names the packages and writes SHA256SUMS next to them.
#   finish.sh FOLDER
set -eu
cd "$1"
version=$(sed -n 's/^Version: //p' control/control)
architecture=$(sed -n 's/^Architecture: //p' control/control)
mv rig-credentials.deb "rig-credentials_${version}_$architecture.deb"
rm -rf root.tar control
sha256sum -- *.deb *.tar.gz >SHA256SUMS

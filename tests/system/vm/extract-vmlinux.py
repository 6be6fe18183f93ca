# SPDX-License-Identifier: Apache-2.0
import sys,subprocess
d=open(sys.argv[1],'rb').read()
for name,sig,cmd in (('xz',b'\xfd7zXZ\0',['xz','-dc']),('zstd',b'\x28\xb5\x2f\xfd',['zstd','-dc']),('gz',b'\x1f\x8b\x08',['gzip','-dc']),('lz4',b'\x02\x21\x4c\x18',['lz4','-dc'])):
    o=-1
    while True:
        o=d.find(sig,o+1)
        if o<0: break
        p=subprocess.run(cmd,input=d[o:],stdout=subprocess.PIPE,stderr=subprocess.DEVNULL).stdout
        if p[:4]==b'\x7fELF':
            open(sys.argv[2],'wb').write(p); print(name,len(p)); sys.exit()
sys.exit('no')

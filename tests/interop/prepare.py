"""Fetches the packages of the client stacks, so that the suite need not wait for them: `python tests/interop/prepare.py`."""

from concurrent.futures import ThreadPoolExecutor

from programs import java_libraries, node_packages

if __name__ == "__main__":
    with ThreadPoolExecutor() as pool:
        for folder in [pool.submit(java_libraries), pool.submit(node_packages)]:
            folder.result()

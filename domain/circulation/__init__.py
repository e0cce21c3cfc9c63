# SPDX-License-Identifier: Apache-2.0
"""What happens alike to a firearm and to a loose component while they circulate.

The law follows essential components like firearms (Directive (EU) 2021/555, article 1; Firearms
Protocol, articles 3(b), 6, 7, 10 and 11), so that what a loss, a seizure or a transfer means is
said once. What only one of them has, such as marks of import, is with each.
"""
